// What the assertions know about values: their types, how they read in a sentence, and when two are
// deeply equal. All three are those of chai 4.

(function (global) {
  'use strict';

  const typeOf = value => value === null ? 'null' : typeof value !== 'object' ? typeof value
    : Object.prototype.toString.call(value).slice(8, -1);
  const kindOf = value => typeOf(value).toLowerCase();
  const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

  // ---- Values in words ----

  const more = '…';
  const cut = (text, room) => {
    text = String(text);
    if (room < 1 && text.length > 1) return more;
    return text.length > room && text.length > 1 ? text.slice(0, room - 1) + more : text;
  };

  // As many entries as there is room for, and how many are left. An entry is left out early where it
  // and the next would not fit.
  function listed(entries, at, word) {
    const room = at.room;
    let text = '';
    let ahead = '';
    for (let index = 0; index < entries.length; index += 1) {
      const left = entries.length - index - 1;
      const rest = more + '(' + (left + 1) + ')';
      const gap = left ? ', ' : '';
      at.room = room - text.length - gap.length;
      const entry = ahead || word(entries[index], at) + gap;
      const length = text.length + entry.length;
      if (!left && length > room && text.length + rest.length <= room) return text + rest;
      if (left > 1 && length + rest.length > room) return text + rest;
      ahead = left ? word(entries[index + 1], at) + (left > 1 ? ', ' : '') : '';
      if (left === 1 && length + rest.length > room && length + ahead.length > room) return text + rest;
      text += entry;
      if (left > 1 && length + ahead.length >= room) return text + more + '(' + left + ')';
    }
    return text;
  }

  const value = (each, at) => words(each, { room: at.room, seen: at.seen });
  function pair([key, each], at) {
    at.room -= 2;
    if (typeof key === 'symbol') key = '[' + value(key, at) + ']';
    else if (!/^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key)) {
      key = JSON.stringify(key).replace(/'/g, "\\'").replace(/\\"/g, '"').replace(/(^"|"$)/g, "'");
    }
    at.room -= key.length;
    return key + ': ' + value(each, at);
  }
  function entry([key, each], at) {
    at.room -= 4;
    const name = value(key, at);
    at.room -= name.length;
    return name + ' => ' + value(each, at);
  }
  function members(object, at) {
    const names = [...Object.getOwnPropertyNames(object), ...Object.getOwnPropertySymbols(object)];
    if (names.length === 0) return '{}';
    at.room -= 4;
    if (at.seen.includes(object)) return '[Circular]';
    at.seen.push(object);
    const text = listed(names.map(name => [name, object[name]]), at, pair);
    at.seen.pop();
    return '{ ' + text + ' }';
  }
  const number = (each, at) => Object.is(each, -0) ? '-0' : each === 0 ? '+0' : isFinite(each) ? cut(each, at.room) : String(each);
  const escapes = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', "'": "\\'" };
  const odd = /['\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;
  const string = (each, at) => "'" + cut(each.replace(odd,
    mark => escapes[mark] || '\\u' + mark.charCodeAt(0).toString(16).padStart(4, '0')), at.room - 2) + "'";
  const within = (open, entries, close, room, at, word) => {
    at.room -= room;
    return open + listed(entries, at, word || value) + close;
  };
  const extra = (list, at) => {
    const names = Object.keys(list).slice(list.length);
    return names.length ? ', ' + listed(names.map(name => [name, list[name]]), at, pair) : '';
  };
  const errorFacts = ['stack', 'line', 'column', 'name', 'message', 'fileName', 'lineNumber', 'columnNumber',
    'number', 'description', 'sourceURL'];
  const makers = {
    null: () => 'null', undefined: () => 'undefined', boolean: String, Boolean: String, number, string,
    Number: (each, at) => number(Number(each), at), String: (each, at) => string(String(each), at),
    bigint: (each, at) => { const text = cut(each, at.room - 1); return text === more ? text : text + 'n'; },
    symbol: each => 'Symbol(' + (each.description || '') + ')',
    function: (each, at) => each.name ? '[Function ' + cut(each.name, at.room - 11) + ']' : '[Function]',
    Array: (each, at) => each.length || Object.keys(each).length
      ? within('[ ', Array.from(each), '', 4, at) + extra(each, at) + ' ]' : '[]',
    Arguments: (each, at) => each.length ? within('Arguments[ ', Array.from(each), ' ]', 13, at) : 'Arguments[]',
    Date: (each, at) => {
      const text = each.toJSON();
      return text === null ? 'Invalid Date' : text.slice(0, text.indexOf('T') + 1) + cut(text.slice(text.indexOf('T') + 1), at.room - text.indexOf('T') - 1);
    },
    Map: (each, at) => each.size > 1 ? within('Map{ ', [...each], ' }', 7, at, entry) : 'Map{}',
    Set: (each, at) => each.size ? within('Set{ ', [...each], ' }', 7, at) : 'Set{}',
    RegExp: (each, at) => '/' + cut(each.source, at.room - 2 - each.flags.length) + '/' + each.flags,
    Promise: () => 'Promise{…}', WeakSet: () => 'WeakSet{…}', WeakMap: () => 'WeakMap{…}',
    Error: (each, at) => {
      const names = Object.getOwnPropertyNames(each).filter(name => !errorFacts.includes(name));
      at.room -= each.name.length;
      const message = each.message ? ': ' + cut(each.message, at.room) : '';
      at.room -= message.length + 5;
      const rest = listed(names.map(name => [name, each[name]]), at, pair);
      return each.name + message + (rest && ' { ' + rest + ' }');
    },
  };

  function words(each, at) {
    const type = typeOf(each);
    if (own(makers, type)) return makers[type](each, at);
    if (ArrayBuffer.isView(each) && each.length !== undefined) {
      const name = global.Buffer && each.constructor && each.constructor.name === 'Buffer' ? 'Buffer' : type;
      return each.length ? within(name + '[ ', Array.from(each), ' ]', name.length + 4, at) : name + '[]';
    }
    if (typeof each.inspect === 'function') {
      const said = each.inspect(2, {});
      if (said) return typeof said === 'string' ? said : words(said, at);
    }
    const parent = Object.getPrototypeOf(each);
    if (parent === Object.prototype || parent === null || each.constructor === Object || each.constructor === undefined) return members(each, at);
    const name = each[Symbol.toStringTag] || each.constructor.name || '<Anonymous Class>';
    at.room -= name.length;
    return name + members(each, at);
  }

  // A value on one line, in some forty characters.
  const inspect = each => words(each, { room: 40, seen: [] });

  function show(each) {
    const text = inspect(each);
    if (text.length < 40) return text;
    switch (Object.prototype.toString.call(each)) {
      case '[object Function]': return each.name ? '[Function: ' + each.name + ']' : '[Function]';
      case '[object Array]': return '[ Array(' + each.length + ') ]';
      case '[object Object]': {
        const names = Object.keys(each);
        return '{ Object (' + (names.length > 2 ? names.slice(0, 2).join(', ') + ', ...' : names.join(', ')) + ') }';
      }
      default: return text;
    }
  }

  // ---- Equality ----

  function deepEqual(left, right, seen) {
    if (left === right) return left !== 0 || 1 / left === 1 / right;
    if (left !== left && right !== right) return true;
    if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
    seen = seen || new Map();
    const known = seen.get(left);
    if (known && known.has(right)) return known.get(right);
    const type = typeOf(left);
    if (type !== typeOf(right)) return false;
    const memory = known || new Map();
    if (!known) seen.set(left, memory);
    memory.set(right, true);
    const result = equalParts(type, left, right, seen);
    memory.set(right, result);
    return result;
  }
  function equalParts(type, left, right, seen) {
    const each = (one, other) => one.length === other.length
      && Array.prototype.every.call(one, (part, index) => deepEqual(part, other[index], seen));
    switch (type) {
      case 'String': case 'Number': case 'Boolean': case 'Date': return deepEqual(left.valueOf(), right.valueOf());
      case 'Promise': case 'Symbol': case 'WeakMap': case 'WeakSet': return false;
      case 'Error': return ['name', 'message', 'code'].every(name => deepEqual(left[name], right[name], seen));
      case 'RegExp': return String(left) === String(right);
      case 'Array': case 'Arguments': {
        // A hole is no element to `every`.
        if (left.length !== right.length) return false;
        for (let index = 0; index < left.length; index += 1) if (!deepEqual(left[index], right[index], seen)) return false;
        return true;
      }
      case 'ArrayBuffer': return each(new Uint8Array(left), new Uint8Array(right));
      case 'DataView': return each(new Uint8Array(left.buffer), new Uint8Array(right.buffer));
      case 'Set': case 'Map': {
        const sorted = all => { const list = []; all.forEach((one, other) => list.push([one, other])); return list.sort(); };
        return left.size === right.size && each(sorted(left), sorted(right));
      }
    }
    if (ArrayBuffer.isView(left)) return each(left, right);
    const [names, others] = [left, right].map(object => {
      const all = [];
      for (const name in object) all.push(name);
      return all.concat(Object.getOwnPropertySymbols(object).filter(name => Object.getOwnPropertyDescriptor(object, name).enumerable));
    });
    if (names.length && names.length === others.length) {
      const sorted = list => list.map(String).sort();
      return each(sorted(names), sorted(others)) && names.every(name => deepEqual(left[name], right[name], seen));
    }
    const [ones, twos] = [left, right].map(object => typeof object[Symbol.iterator] === 'function' ? [...object].sort() : []);
    if (ones.length && ones.length === twos.length) return each(ones, twos);
    return !names.length && !others.length && !ones.length && !twos.length;
  }

  return { typeOf, kindOf, own, inspect, show, deepEqual };
})(globalThis);
