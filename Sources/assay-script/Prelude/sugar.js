// What old collections expect of the built-in types: the part of Sugar 1 that scripts have been seen
// to use, or are likely to. Nothing that the language has by now is replaced.

(function (global, isStandIn) {
  'use strict';

  function extend(target, methods) {
    for (const name of Object.keys(methods)) {
      if (name in target && !isStandIn(target, name)) continue;
      Object.defineProperty(target, name, { value: methods[name], writable: true, configurable: true, enumerable: false });
    }
  }

  const matcher = test => typeof test === 'function' ? test
    : test instanceof RegExp ? each => test.test(each) : each => each === test || JSON.stringify(each) === JSON.stringify(test);
  const mapper = map => typeof map === 'function' ? map : map === undefined ? each => each : each => each[map];
  const pattern = text => text instanceof RegExp ? text : new RegExp(String(text).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const two = (value, size) => String(value).padStart(size || 2, '0');

  extend(String.prototype, {
    has(find) { return pattern(find).test(this); },
    first(count) { return this.slice(0, count === undefined ? 1 : count); },
    last(count) { return this.slice(-(count === undefined ? 1 : count)); },
    from(index) { return this.slice(index); },
    to(index) { return this.slice(0, index); },
    capitalize(all) {
      const lower = String(this).toLowerCase();
      return all ? lower.replace(/[^\s]+/g, word => word[0].toUpperCase() + word.slice(1)) : lower.charAt(0).toUpperCase() + lower.slice(1);
    },
    camelize(first) {
      return this.underscore().replace(/(^|_)([^_]+)/g, (whole, gap, word, index) => index === 0 && first === false ? word : word[0].toUpperCase() + word.slice(1));
    },
    underscore() { return this.replace(/[-\s]+/g, '_').replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase(); },
    dasherize() { return this.underscore().replace(/_/g, '-'); },
    spacify() { return this.underscore().replace(/_/g, ' '); },
    truncate(length, ellipsis) { return this.length <= length ? String(this) : this.slice(0, length) + (ellipsis === undefined ? '...' : ellipsis); },
    compact() { return this.trim().replace(/\s+/g, ' '); },
    isBlank() { return this.trim() === ''; },
    reverse() { return Array.from(this).reverse().join(''); },
    remove(find) { return this.replace(find, ''); },
    add(text, index) { const at = index === undefined ? this.length : index; return this.slice(0, at) + text + this.slice(at); },
    insert(text, index) { return this.add(text, index); },
    each(find, action) {
      const found = this.match(typeof find === 'string' ? new RegExp(pattern(find).source, 'g') : find instanceof RegExp ? find : /[\s\S]/g) || [];
      const act = typeof find === 'function' ? find : action;
      if (act) found.forEach((each, index) => act(each, index));
      return found;
    },
    chars(action) { return this.each(action); },
    words(action) { return this.trim().each(/\S+/g, action); },
    lines(action) { return this.trim().each(/^.*$/gm, action); },
    codes() { return Array.from(this, each => each.charCodeAt(0)); },
    toNumber(base) { return base ? parseInt(this, base) : parseFloat(this.replace(/,/g, '')); },
    escapeURL(all) { return all ? encodeURIComponent(this) : encodeURI(this); },
    unescapeURL(some) { return some ? decodeURI(this) : decodeURIComponent(this); },
    escapeHTML() { return this.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'); },
    unescapeHTML() { return this.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'); },
    encodeBase64() { return global.btoa(unescape(encodeURIComponent(this))); },
    decodeBase64() { return decodeURIComponent(escape(global.atob(this))); },
    stripTags() { return this.replace(/<[^>]*>/g, ''); },
    shift(by) { return Array.from(this, each => String.fromCharCode(each.charCodeAt(0) + by)).join(''); },
    pad(size, fill) { return this.padStart(size, fill); },
    assign(values) { return this.replace(/\{([^{}]+)\}/g, (whole, name) => values[name] === undefined ? whole : values[name]); },
  });

  extend(Array.prototype, {
    first(count) { return count === undefined ? this[0] : this.slice(0, count); },
    last(count) { return count === undefined ? this[this.length - 1] : this.slice(-count); },
    from(index) { return this.slice(index); },
    to(index) { return this.slice(0, index); },
    each(action) { this.forEach((each, index) => action(each, index, this)); return this; },
    isEmpty() { return this.length === 0; },
    unique(map) {
      const by = mapper(map);
      const seen = new Set();
      return this.filter(each => { const key = JSON.stringify(by(each)); return !seen.has(key) && Boolean(seen.add(key)); });
    },
    compact(all) { return this.filter(each => each !== undefined && each !== null && each === each && (!all || each)); },
    flatten(depth) { return this.flat(depth === undefined ? Infinity : depth); },
    any(test) { return this.some(matcher(test)); },
    all(test) { return this.every(matcher(test)); },
    none(test) { return !this.some(matcher(test)); },
    count(test) { return test === undefined ? this.length : this.filter(matcher(test)).length; },
    findAll(test) { return this.filter(matcher(test)); },
    include(value) { return this.concat(value); },
    exclude(test) { return this.filter(each => !matcher(test)(each)); },
    remove(test) { for (let index = this.length - 1; index >= 0; index -= 1) if (matcher(test)(this[index])) this.splice(index, 1); return this; },
    removeAt(start, end) { this.splice(start, end === undefined ? 1 : end - start + 1); return this; },
    add(value, index) { this.splice(index === undefined ? this.length : index, 0, ...[].concat(value)); return this; },
    insert(value, index) { return this.add(value, index); },
    sum(map) { return this.map(mapper(map)).reduce((total, each) => total + each, 0); },
    average(map) { return this.length ? this.sum(map) / this.length : 0; },
    min(map) { const by = mapper(map); return this.reduce((best, each) => best === undefined || by(each) < by(best) ? each : best, undefined); },
    max(map) { const by = mapper(map); return this.reduce((best, each) => best === undefined || by(each) > by(best) ? each : best, undefined); },
    sortBy(map, descends) {
      const by = mapper(map);
      return this.slice().sort((one, other) => (by(one) < by(other) ? -1 : by(one) > by(other) ? 1 : 0) * (descends ? -1 : 1));
    },
    groupBy(map) {
      const by = mapper(map);
      return this.reduce((groups, each) => { (groups[by(each)] = groups[by(each)] || []).push(each); return groups; }, {});
    },
    union(...lists) { return this.concat(...lists).unique(); },
    intersect(...lists) { return this.unique().filter(each => lists.every(list => [].concat(list).includes(each))); },
    subtract(...lists) { return this.filter(each => !lists.some(list => [].concat(list).includes(each))); },
    sample(count) { const mixed = this.randomize(); return count === undefined ? mixed[0] : mixed.slice(0, count); },
    randomize() {
      const mixed = this.slice();
      for (let index = mixed.length - 1; index > 0; index -= 1) {
        const other = Math.floor(Math.random() * (index + 1));
        [mixed[index], mixed[other]] = [mixed[other], mixed[index]];
      }
      return mixed;
    },
    shuffle() { return this.randomize(); },
    clone() { return this.slice(); },
    inGroupsOf(size) { const groups = []; for (let index = 0; index < this.length; index += size) groups.push(this.slice(index, index + size)); return groups; },
    zip(...lists) { return this.map((each, index) => [each, ...lists.map(list => list[index])]); },
  });

  const rounded = name => function (places) { const scale = Math.pow(10, places || 0); return Math[name](this * scale) / scale; };
  const numbers = {
    times(action) { for (let index = 0; index < this; index += 1) action(index); return Number(this); },
    upto(end, action) { const list = []; for (let each = Number(this); each <= end; each += 1) { list.push(each); if (action) action(each); } return list; },
    downto(end, action) { const list = []; for (let each = Number(this); each >= end; each -= 1) { list.push(each); if (action) action(each); } return list; },
    isInteger() { return this % 1 === 0; },
    isOdd() { return Math.abs(this % 2) === 1; },
    isEven() { return this % 2 === 0; },
    isMultipleOf(other) { return this % other === 0; },
    abs() { return Math.abs(this); }, ceil: rounded('ceil'), floor: rounded('floor'), round: rounded('round'),
    pad(size) { return two(Number(this), size); },
    hex(size) { return Number(this).toString(16).padStart(size || 1, '0'); },
    ordinalize() {
      const last = Math.abs(this) % 100;
      return this + (last > 10 && last < 14 ? 'th' : { 1: 'st', 2: 'nd', 3: 'rd' }[last % 10] || 'th');
    },
    chr() { return String.fromCharCode(this); },
    format(places, thousands, decimal) {
      const [whole, rest] = (places === undefined ? String(Number(this)) : Number(this).toFixed(places)).split('.');
      return whole.replace(/\B(?=(\d{3})+$)/g, thousands === undefined ? ',' : thousands) + (rest ? (decimal || '.') + rest : '');
    },
  };
  extend(Number.prototype, numbers);

  const units = { millisecond: 1, second: 1000, minute: 60000, hour: 3600000, day: 86400000, week: 604800000 };
  const dates = {
    addMonths(count) {
      const day = this.getDate();
      this.setDate(1);
      this.setMonth(this.getMonth() + count);
      this.setDate(Math.min(day, this.daysInMonth()));
      return this;
    },
    addYears(count) { return this.addMonths(12 * count); },
    daysInMonth() { return new Date(this.getFullYear(), this.getMonth() + 1, 0).getDate(); },
    clone() { return new Date(this.getTime()); },
    isValid() { return !isNaN(this.getTime()); },
    isPast() { return this.getTime() < Date.now(); },
    isFuture() { return this.getTime() > Date.now(); },
    isToday() { return this.toDateString() === new Date().toDateString(); },
    isBefore(other) { return this.getTime() < new Date(other).getTime(); },
    isAfter(other) { return this.getTime() > new Date(other).getTime(); },
    isBetween(one, other) { return this.isAfter(one) && this.isBefore(other); },
    isWeekend() { return [0, 6].includes(this.getDay()); },
    isLeapYear() { return new Date(this.getFullYear(), 1, 29).getDate() === 29; },
    beginningOfDay() { this.setHours(0, 0, 0, 0); return this; },
    endOfDay() { this.setHours(23, 59, 59, 999); return this; },
    beginningOfMonth() { this.setDate(1); return this.beginningOfDay(); },
    endOfMonth() { this.setDate(this.daysInMonth()); return this.endOfDay(); },
    iso() { return this.toISOString(); },
    format(text) {
      const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
      const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
      const hour = this.getHours();
      const parts = { yyyy: this.getFullYear(), yy: two(this.getFullYear() % 100), MM: two(this.getMonth() + 1), M: this.getMonth() + 1,
        Month: months[this.getMonth()], Mon: months[this.getMonth()].slice(0, 3), dd: two(this.getDate()), d: this.getDate(),
        Weekday: days[this.getDay()], Dow: days[this.getDay()].slice(0, 3), HH: two(hour), H: hour, hh: two(hour % 12 || 12), h: hour % 12 || 12,
        mm: two(this.getMinutes()), m: this.getMinutes(), ss: two(this.getSeconds()), s: this.getSeconds(),
        fff: two(this.getMilliseconds(), 3), tt: hour < 12 ? 'am' : 'pm', TT: hour < 12 ? 'AM' : 'PM' };
      return String(text || '{Month} {d}, {yyyy} {h}:{mm}{tt}').replace(/\{(\w+)\}/g, (whole, name) => parts[name] === undefined ? whole : parts[name]);
    },
    advance(change) {
      for (const name of Object.keys(change)) {
        const method = 'add' + name[0].toUpperCase() + name.slice(1).replace(/s?$/, 's');
        if (this[method]) this[method](change[name]);
      }
      return this;
    },
    rewind(change) { return this.advance(Object.fromEntries(Object.keys(change).map(name => [name, -change[name]]))); },
  };
  for (const name of Object.keys(units)) {
    const plural = name[0].toUpperCase() + name.slice(1) + 's';
    dates['add' + plural] = name === 'day' || name === 'week'
      ? function (count) { this.setDate(this.getDate() + count * (name === 'week' ? 7 : 1)); return this; }
      : function (count) { this.setTime(this.getTime() + count * units[name]); return this; };
    dates[name + 'sSince'] = function (other) { return Math.floor((this - new Date(other)) / units[name]); };
    dates[name + 'sUntil'] = function (other) { return Math.floor((new Date(other) - this) / units[name]); };
  }
  extend(Date.prototype, dates);
  extend(Date, { create: text => text === undefined ? new Date() : new Date(text) });

  extend(Object, {
    each(object, action) { for (const name of Object.keys(object)) action(name, object[name], object); return object; },
    extended: object => Object.assign({}, object),
    merge: (target, ...others) => Object.assign(target, ...others),
    clone: (object, isDeep) => isDeep ? JSON.parse(JSON.stringify(object)) : Object.assign(Array.isArray(object) ? [] : {}, object),
    isEmpty: object => Object.keys(object).length === 0,
    size: object => Object.keys(object).length,
    has: (object, name) => Object.prototype.hasOwnProperty.call(object, name),
    isString: value => typeof value === 'string', isNumber: value => typeof value === 'number', isBoolean: value => typeof value === 'boolean',
    isArray: Array.isArray, isObject: value => Object.prototype.toString.call(value) === '[object Object]', isFunction: value => typeof value === 'function',
    isDate: value => value instanceof Date, isRegExp: value => value instanceof RegExp,
    equal: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
  extend(Function.prototype, {
    once() {
      let isDone = false, result;
      const action = this;
      return function (...words) {
        if (!isDone) { isDone = true; result = action.apply(this, words); }
        return result;
      };
    },
    delay(wait, ...words) { setTimeout(() => this(...words), wait); return this; },
  });
  return true;
});
