// The world that a collection's scripts see. It lives as long as its lane: what a script leaves on
// the global object is there for the next one, and everything of `pm` is made anew for each.
//
// The file is long because it is one closure: `state`, which is the running script, and `native`,
// which no script may reach, are seen by all of it. What needs neither is a part of its own.

(function (global) {
  'use strict';

  const native = global.__native;
  delete global.__native;

  // What is ours on the global object is not enumerable, so that what is enumerable there is what
  // scripts have left.
  const provide = (name, value) => Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });

  // Rooms that are built when somebody enters: most scripts need few of them.
  const rooms = {};
  const room = (name, ...given) => rooms[name] || (rooms[name] = native.part(name)(...given));
  function vocabulary() {
    if (!rooms.expect) {
      rooms.expect = native.part('expect')(native.part('values'));
      native.part('responses')(rooms.expect, { ScriptResponse, ScriptRequest, PropertyList, reasons, validator: () => room('schema').Ajv });
    }
    return rooms.expect;
  }
  const expect = (value, message) => vocabulary().expect(value, message);
  expect.fail = (...words) => vocabulary().expect.fail(...words);

  const limits = { tests: 10000, console: 1 << 20, message: 1 << 16, page: 1 << 20, globals: 1 << 20 };

  // What the running script has done; replaced for each script.
  let state = null;

  // A value as a console shows it.
  function display(value, depth, seen) {
    depth = depth || 0;
    switch (typeof value) {
      case 'string': return depth === 0 ? value : "'" + value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n') + "'";
      case 'function': return '[Function' + (value.name ? ': ' + value.name : ' (anonymous)') + ']';
      case 'bigint': return value + 'n';
      case 'number': return Object.is(value, -0) ? '-0' : String(value);
      case 'object': break;
      default: return String(value);
    }
    if (value === null) return 'null';
    if (value instanceof Error) return depth === 0 ? value.name + ': ' + value.message : '[' + value.name + ': ' + value.message + ']';
    if (value instanceof Date) return isNaN(value) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    seen = seen || [];
    if (seen.includes(value)) return '[Circular *1]';
    const inside = [...seen, value];
    const name = value.constructor && value.constructor !== Object && !Array.isArray(value) ? value.constructor.name : '';
    if (depth > 3) return Array.isArray(value) ? '[Array]' : '[' + (name || 'Object') + ']';
    const part = each => display(each, depth + 1, inside);
    const list = (open, parts, size, close) => parts.length === 0 ? open + close
      : open + ' ' + parts.join(', ') + (size > parts.length ? ', ... ' + (size - parts.length) + ' more items' : '') + ' ' + close;
    if (value instanceof Map) return list('Map(' + value.size + ') {', [...value].slice(0, 100).map(([key, each]) => part(key) + ' => ' + part(each)), value.size, '}');
    if (value instanceof Set) return list('Set(' + value.size + ') {', [...value].slice(0, 100).map(part), value.size, '}');
    if (Array.isArray(value) || ArrayBuffer.isView(value) && value.length !== undefined) {
      return list((name ? name + '(' + value.length + ') ' : '') + '[', Array.from(value.slice(0, 100)).map(part), value.length, ']');
    }
    const names = Object.keys(value);
    const parts = names.slice(0, 1000).map(key => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : part(key)) + ': ' + part(value[key]));
    return (name ? name + ' ' : '') + list('{', parts, names.length, '}');
  }
  // A value that cannot even be looked at is not worth a script.
  const displayed = value => { try { return display(value); } catch (error) { return '[' + typeof value + ']'; } };

  const clip = (text, size) => text.length > size ? text.slice(0, size) + '…' : text;

  // ---- Console ----

  function line(level, words) {
    if (state.consoleSize > limits.console) return;
    const text = words.map(displayed).join(' ');
    state.consoleSize += text.length + 1;
    if (state.consoleSize > limits.console) {
      state.overflow = 'more than ' + limits.console + ' characters of console output';
    }
    state.console.push({ level, text: clip(text, limits.message) });
  }
  const levels = {};
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    levels[level] = (...words) => line(level, words);
  }
  levels.clear = () => {};
  provide('console', levels);

  // ---- Timers ----

  const timers = new Map();
  const lastTurn = 0;
  let lastTimer = lastTurn;
  function startTimer(action, wait, words, repeats) {
    if (typeof action !== 'function') throw new TypeError('The "callback" argument must be of type function');
    lastTimer += 1;
    wait = Math.max(0, Number(wait) || 0);
    timers.set(lastTimer, { action, wait, words, repeats });
    native.setTimer(lastTimer, wait);
    return lastTimer;
  }
  const stopTimer = id => { timers.delete(id); };
  provide('setTimeout', (action, wait, ...words) => startTimer(action, wait, words, false));
  provide('setInterval', (action, wait, ...words) => startTimer(action, wait, words, true));
  provide('setImmediate', (action, ...words) => startTimer(action, 0, words, false));
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) provide(name, stopTimer);

  // Called by the host when a timer is due.
  function fire(id) {
    if (id === lastTurn) {
      state.asked = false;
      if (timers.size === 0 && waiting.length === 0) finish();
      return;
    }
    const timer = timers.get(id);
    if (!timer) return;
    if (timer.repeats) native.setTimer(id, timer.wait); else timers.delete(id);
    try { timer.action(...timer.words); } catch (error) { noteFault(error); }
    settle();
  }

  // ---- Text ----

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  provide('btoa', function (text) {
    text = String(text);
    let result = '';
    for (let index = 0; index < text.length; index += 3) {
      const codes = [0, 1, 2].map(offset => text.charCodeAt(index + offset));
      if (codes.some(code => code > 255)) throw new Error('btoa: a character is above U+00FF');
      const bits = codes[0] << 16 | (codes[1] || 0) << 8 | (codes[2] || 0);
      const left = text.length - index;
      result += alphabet[bits >> 18] + alphabet[bits >> 12 & 63]
        + (left > 1 ? alphabet[bits >> 6 & 63] : '=') + (left > 2 ? alphabet[bits & 63] : '=');
    }
    return result;
  });
  provide('atob', function (text) {
    text = String(text).replace(/[\s=]/g, '');
    let result = '';
    let bits = 0;
    for (let index = 0; index < text.length; index += 1) {
      const value = alphabet.indexOf(text[index]);
      if (value < 0) throw new Error('atob: not Base64');
      bits = bits << 6 | value;
      if (index % 4) result += String.fromCharCode(bits >> (6 - 2 * (index % 4)) & 255);
    }
    return result;
  });

  // ---- Lists of pairs: headers, query, cookies, fields of forms ----

  const split = (text, mark) => {
    const at = text.indexOf(mark);
    return at < 0 ? { key: text.trim(), value: '' } : { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
  };
  const lines = text => text.split(/\r?\n/).filter(Boolean).map(each => split(each, ':'));

  class PropertyList {
    #ignoresCase;
    constructor(pairs, ignoresCase) {
      this.members = pairs;
      this.#ignoresCase = ignoresCase;
    }
    _same(one, other) { return one === other || this.#ignoresCase && String(one).toLowerCase() === String(other).toLowerCase(); }
    _key(pair) { return pair !== null && typeof pair === 'object' ? pair.key : pair; }
    _find(key) { return this.members.filter(pair => this._same(pair.key, key) && !pair.disabled).pop(); }
    _pair(pair, value) {
      if (typeof pair === 'string') return value === undefined ? split(pair, ':') : { key: pair, value: String(value) };
      const made = Object.assign({}, pair, { key: String(pair.key), value: pair.value === undefined || pair.value === null ? '' : String(pair.value) });
      if (made.disabled === undefined) delete made.disabled;
      return made;
    }
    get(key) { const pair = this._find(key); return pair && pair.value; }
    one(key) { return this._find(key) || this.members.filter(pair => this._same(pair.key, key)).pop(); }
    has(key, value) {
      return this.members.some(pair => this._same(pair.key, this._key(key)) && (value === undefined || pair.value === value));
    }
    all() { return this.members.slice(); }
    each(action, self) { this.members.forEach(action, self); }
    map(action, self) { return this.members.map(action, self); }
    filter(test, self) { return this.members.filter(test, self); }
    find(test, self) { return this.members.find(test, self); }
    reduce(action, ...start) { return this.members.reduce(action, ...start); }
    count() { return this.members.length; }
    idx(index) { return this.members[index]; }
    indexOf(pair) { return this.members.findIndex(each => each === pair || this._same(each.key, this._key(pair))); }
    add(pair, value) { if (pair !== undefined && pair !== null) this.members.push(this._pair(pair, value)); }
    append(pair) { const at = this.indexOf(pair); if (at >= 0) this.members.splice(at, 1); this.add(pair); }
    prepend(pair) { this.members.unshift(this._pair(pair)); }
    insert(pair, before) { const at = this.indexOf(before); this.members.splice(at < 0 ? this.members.length : at, 0, this._pair(pair)); }
    insertAfter(pair, behind) { const at = this.indexOf(behind); this.members.splice(at < 0 ? this.members.length : at + 1, 0, this._pair(pair)); }
    upsert(pair) {
      if (pair === undefined || pair === null) return null;
      const made = this._pair(pair);
      const index = this.indexOf(made);
      if (index < 0) { this.members.push(made); return true; }
      this.members[index] = made;
      return false;
    }
    remove(key, self) {
      const test = typeof key === 'function' ? pair => key.call(self, pair) : pair => this._same(pair.key, this._key(key));
      this.members = this.members.filter(pair => !test(pair));
    }
    clear() { this.members = []; }
    populate(pairs) {
      if (typeof pairs === 'string') pairs = lines(pairs);
      else if (pairs && !Array.isArray(pairs)) pairs = Object.keys(pairs).map(key => ({ key, value: pairs[key] }));
      (pairs || []).forEach(pair => this.add(pair));
    }
    repopulate(pairs) { this.clear(); this.populate(pairs); }
    assimilate(source, prune) {
      const pairs = source instanceof PropertyList ? source.members : source || [];
      if (prune) this.members = this.members.filter(pair => pairs.some(each => this._same(each.key, pair.key)));
      pairs.forEach(pair => this.upsert(pair));
    }
    toObject(onlyEnabled, caseSensitive, multiple, sane) {
      const object = {};
      for (const { key, value, disabled } of this.members) {
        if (onlyEnabled && disabled || sane && !key) continue;
        if (multiple && key in object) object[key] = [].concat(object[key], value); else object[key] = value;
      }
      return object;
    }
    contentSize() { return this.members.reduce((sum, pair) => pair.disabled ? sum : sum + pair.key.length + String(pair.value).length + 4, 0); }
    toJSON() { return this.members; }
    toString() { return this.members.map(pair => pair.key + ': ' + pair.value).join('\n'); }
    [Symbol.iterator]() { return this.members[Symbol.iterator](); }
  }

  // ---- Variables ----

  class Scope {
    #kind;
    #values;
    #mirror;
    constructor(kind, pairs, name) {
      this.#kind = kind;
      this.#values = new Map(pairs);
      if (name !== undefined) this.name = name;
    }
    get(name) { return this.#values.get(name); }
    has(name) { return this.#values.has(name); }
    set(name, value) {
      if (name === undefined || name === null) throw new TypeError('a variable needs a name');
      const label = String(name);
      this.#values.set(label, value);
      if (this.#mirror) this.#mirror[label] = value;
      if (this.#kind !== 'detached') state.changes.push({ scope: this.#kind, name: label, value: value === undefined && this.#kind === 'local' ? '' : storable(value) });
    }
    unset(name) {
      if (!this.#values.delete(name)) return;
      if (this.#mirror) delete this.#mirror[name];
      if (this.#kind !== 'detached') state.changes.push({ scope: this.#kind, name, unset: true });
    }
    clear() { for (const name of [...this.#values.keys()]) this.unset(name); }
    toObject() { return Object.fromEntries(this.#values); }
    toJSON() { return this.toObject(); }
    replaceIn(value) { return replaceIn(value, name => this.get(name)); }
    _entries() { return [...this.#values]; }
    // A plain object that follows what is set.
    _mirror() { return this.#mirror || (this.#mirror = this.toObject()); }
  }

  // Variables hold JSON; what is none is kept as its text.
  function storable(value) {
    // As it comes out where scripts hand variables on as JSON.
    if (value === undefined) return null;
    if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
    if (typeof value === 'number') return isFinite(value) ? value : null;
    try {
      const text = JSON.stringify(value);
      return text === undefined ? String(value) : JSON.parse(text);
    } catch (error) { return String(value); }
  }

  // A name that begins with `$` and that nothing defines is made by the host, which makes those of
  // requests too.
  const dynamic = name => name[0] === '$' ? native.load(JSON.stringify({ dynamic: name.slice(1) })) : undefined;

  function replaceIn(value, look) {
    if (typeof value === 'string') {
      let text = value;
      for (let round = 0; round < 19 && text.length < 1 << 24; round += 1) {
        const filled = text.replace(/\{\{([^{}]+)\}\}/g, (token, name) => {
          let found = look(name);
          if (found === undefined) found = dynamic(name);
          return found === undefined ? token : String(found);
        });
        if (filled === text) break;
        text = filled;
      }
      return text;
    }
    if (Array.isArray(value)) return value.map(each => replaceIn(each, look));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaceIn(each, look)]));
  }

  function makeVariables(scopes) {
    const order = ['local', 'data', 'environment', 'collection', 'globals'];
    const holder = name => order.map(kind => scopes[kind]).find(scope => scope.has(name));
    return {
      get: name => { const scope = holder(name); return scope && scope.get(name); },
      has: name => holder(name) !== undefined,
      set: (name, value) => scopes.local.set(name, value),
      unset: name => scopes.local.unset(name),
      clear: () => scopes.local.clear(),
      replaceIn: value => replaceIn(value, name => { const scope = holder(name); return scope && scope.get(name); }),
      toObject: () => Object.assign({}, ...order.slice().reverse().map(kind => scopes[kind].toObject())),
    };
  }

  // ---- Request ----

  function urlText(url) {
    if (typeof url === 'string') return url;
    const part = each => typeof each === 'string' ? each : each && each.value || '';
    const join = (value, by) => Array.isArray(value) ? value.map(part).join(by) : value || '';
    let text = url.protocol ? url.protocol.replace(/:\/\/$/, '') + '://' : '';
    if (url.auth && url.auth.user !== undefined) text += url.auth.user + (url.auth.password === undefined ? '' : ':' + url.auth.password) + '@';
    text += join(url.host, '.') + (url.port ? ':' + url.port : '');
    const path = join(url.path, '/');
    if (path || Array.isArray(url.path) && url.path.length > 0) text += (path.startsWith('/') && !Array.isArray(url.path) ? '' : '/') + path;
    const query = (url.query || []).filter(each => !each.disabled)
      .map(each => (each.key || '') + (each.value === null || each.value === undefined ? '' : '=' + each.value));
    return text + (query.length ? '?' + query.join('&') : '') + (url.hash ? '#' + url.hash : '');
  }

  function queryPairs(given) {
    if (typeof given !== 'string') return [].concat(given).map(each => typeof each === 'string' ? queryPairs(each)[0] : each);
    return given.split('&').map(each => {
      const at = each.indexOf('=');
      return at < 0 ? { key: each, value: null } : { key: each.slice(0, at), value: each.slice(at + 1) };
    });
  }

  // The parts of a URL, which may hold names in braces anywhere.
  function urlParts(text) {
    const url = { protocol: undefined, auth: undefined, host: undefined, port: undefined, path: undefined, query: [], hash: undefined };
    let rest = String(text).trim();
    const cut = mark => { const at = rest.indexOf(mark); if (at < 0) return undefined; const behind = rest.slice(at + 1); rest = rest.slice(0, at); return behind; };
    url.hash = cut('#');
    const query = cut('?');
    if (query !== undefined) url.query = queryPairs(query);
    const scheme = /^((?:[A-Za-z0-9+.-]|\{\{[^{}]*\}\})+):\/\//.exec(rest);
    if (scheme) { url.protocol = scheme[1]; rest = rest.slice(scheme[0].length); }
    const slash = rest.indexOf('/');
    let authority = slash < 0 ? rest : rest.slice(0, slash);
    if (slash >= 0) url.path = rest.slice(slash + 1).split('/');
    const at = authority.lastIndexOf('@');
    if (at >= 0) {
      const [user, ...password] = authority.slice(0, at).split(':');
      url.auth = { user, password: password.length ? password.join(':') : undefined };
      authority = authority.slice(at + 1);
    }
    const port = /:(\d*|\{\{[^{}]*\}\})$/.exec(authority);
    if (port) { url.port = port[1]; authority = authority.slice(0, port.index); }
    if (authority) url.host = authority.match(/(?:\{\{[^{}]*\}\}|[^.])+/g) || [];
    return url;
  }

  class RequestURL {
    constructor(draft) {
      const given = typeof draft === 'string' ? urlParts(draft) : Object.assign({}, draft);
      if (typeof draft !== 'string' && given.host === undefined && given.path === undefined && typeof given.raw === 'string') Object.assign(given, urlParts(given.raw));
      const pairs = Array.isArray(given.query) ? given.query.map(each => Object.assign({}, each)) : typeof given.query === 'string' ? queryPairs(given.query) : [];
      delete given.raw;
      Object.assign(this, given);
      this.query = new PropertyList(pairs, false);
      Object.defineProperty(this.query, 'toString', { value: () => this.getQueryString() });
      this.variables = new PropertyList(Array.isArray(given.variable) ? given.variable : [], false);
      delete this.variable;
      // Untouched, it is sent as it was written.
      Object.defineProperty(this, '_was', { value: { draft, text: this._shape() }, writable: true });
    }
    _shape() { return JSON.stringify([this.toString(), this.query.members, this.variables.members]); }
    _draft() {
      if (this._was.text === this._shape()) return this._was.draft;
      const parts = Object.assign({}, this, { query: this.query.members, variable: this.variables.members });
      delete parts.variables;
      return parts;
    }
    toString() { return urlText(Object.assign({}, this, { query: this.query.members })); }
    toJSON() { return this._draft(); }
    getHost() { return Array.isArray(this.host) ? this.host.join('.') : this.host || ''; }
    getRemote(always) {
      const port = this.port || (always ? (this.protocol === 'https' ? '443' : '80') : '');
      return this.getHost() + (port ? ':' + port : '');
    }
    getPath() {
      const values = name => { const found = this.variables.one(name) || this.variables.members.find(each => each.id === name); return found && found.value; };
      const part = each => {
        const text = typeof each === 'string' ? each : each && each.value || '';
        return text[0] === ':' && values(text.slice(1)) ? values(text.slice(1)) : text;
      };
      const path = Array.isArray(this.path) ? this.path.map(part).join('/') : this.path || '';
      return path.startsWith('/') ? path : '/' + path;
    }
    getQueryString() { return urlText({ query: this.query.members }).slice(1); }
    getPathWithQuery() { const query = this.getQueryString(); return this.getPath() + (query ? '?' + query : ''); }
    addQueryParams(pairs) { queryPairs(pairs).forEach(pair => this.query.members.push(pair)); }
    removeQueryParams(keys) { [].concat(keys).forEach(key => this.query.remove(typeof key === 'object' ? key.key : key)); }
    update(url) {
      const fresh = new RequestURL(url);
      for (const name of Object.keys(this)) delete this[name];
      Object.assign(this, fresh);
      this._was = { draft: undefined, text: undefined };
    }
  }

  class RequestBody {
    constructor(draft) { this.update(draft); }
    update(draft) {
      for (const name of Object.keys(this)) delete this[name];
      if (typeof draft === 'string') draft = { mode: 'raw', raw: draft };
      Object.assign(this, draft);
      for (const name of ['urlencoded', 'formdata']) {
        const given = this[name];
        if (given === undefined || given === null || given instanceof PropertyList) continue;
        const pairs = typeof given === 'string' ? queryPairs(given) : Array.isArray(given) ? given.map(each => Object.assign({}, each))
          : Object.keys(given).map(key => ({ key, value: given[key] }));
        this[name] = new PropertyList(pairs, false);
      }
    }
    isEmpty() {
      const content = this[this.mode];
      return this.disabled === true || !content || content instanceof PropertyList && content.count() === 0
        || this.mode === 'file' && !(content.src || content.content);
    }
    toString() {
      if (this.disabled || this.isEmpty()) return '';
      if (this.mode === 'raw') return String(this.raw);
      if (this.mode === 'urlencoded') return urlText({ query: this.urlencoded.members.filter(each => !each.disabled) }).slice(1);
      if (this.mode === 'graphql') return JSON.stringify(this.graphql);
      return '';
    }
    toJSON() {
      const plain = Object.assign({}, this);
      for (const name of ['urlencoded', 'formdata']) if (plain[name] instanceof PropertyList) plain[name] = plain[name].members;
      return plain;
    }
  }

  class RequestAuth {
    constructor(draft) {
      Object.assign(this, draft);
      for (const name of Object.keys(this)) {
        const given = this[name];
        if (name === 'type' || given === null || typeof given !== 'object' || given instanceof PropertyList) continue;
        this[name] = new PropertyList(Array.isArray(given) ? given.map(each => Object.assign({}, each))
          : Object.keys(given).map(key => ({ key, value: given[key] })), false);
        // Passwords may be numbers and flags, and lists made of texts would say otherwise.
        Object.defineProperty(this[name], '_pair', { value: pair => Object.assign({}, pair) });
      }
    }
    parameters() { return this[this.type]; }
    current() { return this.type === undefined ? undefined : this.type; }
    use(type, given) {
      this.type = type;
      if (given !== undefined) Object.assign(this, new RequestAuth({ [type]: given }));
    }
    update(given, type) { this.use(type || this.type, given); }
    clear(type) { delete this[type]; }
    toJSON() {
      const plain = { type: this.type };
      for (const name of Object.keys(this)) plain[name] = this[name] instanceof PropertyList ? this[name].members : this[name];
      return plain;
    }
  }

  class ScriptRequest {
    constructor(draft, name, id) {
      this.name = name;
      this.id = id;
      this.method = draft.method;
      this.headers = new PropertyList((draft.header || []).map(each => Object.assign({}, each)), true);
      this.auth = draft.auth ? new RequestAuth(draft.auth) : draft.auth;
      this.description = draft.description;
      let url = new RequestURL(draft.url);
      let body = draft.body ? new RequestBody(draft.body) : draft.body;
      Object.defineProperty(this, 'url', { enumerable: true,
        get: () => url, set: value => { url = typeof value === 'string' ? new RequestURL(value) : value; } });
      Object.defineProperty(this, 'body', { enumerable: true, configurable: true,
        get: () => body, set: value => { body = value && !(value instanceof RequestBody) ? new RequestBody(value) : value; } });
      Object.defineProperty(this, '_behaviour', { value: draft.behaviour });
    }
    addHeader(pair) { this.headers.add(pair); }
    upsertHeader(pair) { this.headers.upsert(pair); }
    removeHeader(name, options) {
      const key = name && name.key !== undefined ? name.key : name;
      this.headers.remove(pair => options && options.ignoreCase === false ? pair.key === key : String(pair.key).toLowerCase() === String(key).toLowerCase());
    }
    getHeaders(options) {
      const found = this.headers.toObject(options && options.enabled, true, options && options.multiValue, options && options.sanitizeKeys);
      return options && options.ignoreCase ? Object.fromEntries(Object.entries(found).map(([key, value]) => [key.toLowerCase(), value])) : found;
    }
    forEachHeader(action) { this.headers.each(pair => action(pair, this)); }
    addQueryParams(pairs) { this.url.addQueryParams(pairs); }
    removeQueryParams(keys) { this.url.removeQueryParams(keys); }
    authorizeUsing(type, given) {
      if (type !== null && typeof type === 'object') { given = type[type.type]; type = type.type; }
      if (type === null) { this.auth = null; return; }
      if (this.auth) this.auth.use(type, given); else this.auth = new RequestAuth({ type, [type]: given || [] });
    }
    update(options) {
      const fresh = new ScriptRequest(draftOf(typeof options === 'string' ? { url: options } : options), this.name, this.id);
      for (const name of ['method', 'url', 'headers', 'body', 'auth', 'description']) this[name] = fresh[name];
    }
    size() {
      const body = this.body ? byteCount(String(this.body)) : 0;
      const header = (this.method + ' ' + this.url.getPathWithQuery() + ' HTTP/1.1\r\n\r\n').length + this.headers.contentSize();
      return { body, header, total: body + header, source: 'COMPUTED' };
    }
    clone() { return new ScriptRequest(JSON.parse(JSON.stringify(this._draft())), this.name, this.id); }
    _draft() {
      const plain = value => value && typeof value.toJSON === 'function' ? value.toJSON() : value;
      return { method: this.method, url: this.url instanceof RequestURL ? this.url._draft() : this.url,
        header: this.headers instanceof PropertyList ? this.headers.members : this.headers, body: plain(this.body), auth: plain(this.auth),
        description: this.description, behaviour: this._behaviour };
    }
    toJSON() { return this._draft(); }
    get to() { return expect(this).to; }
  }

  // ---- Response ----

  const reasons = {};
  for (const each of ('100 Continue|101 Switching Protocols|102 Processing|103 Early Hints|200 OK|201 Created|202 Accepted|203 Non-Authoritative Information|204 No Content'
    + '|205 Reset Content|206 Partial Content|207 Multi-Status|208 Already Reported|226 IM Used|300 Multiple Choices|301 Moved Permanently|302 Found|303 See Other'
    + '|304 Not Modified|305 Use Proxy|307 Temporary Redirect|308 Permanent Redirect|400 Bad Request|401 Unauthorized|402 Payment Required|403 Forbidden|404 Not Found'
    + '|405 Method Not Allowed|406 Not Acceptable|407 Proxy Authentication Required|408 Request Timeout|409 Conflict|410 Gone|411 Length Required|412 Precondition Failed'
    + "|413 Payload Too Large|414 URI Too Long|415 Unsupported Media Type|416 Range Not Satisfiable|417 Expectation Failed|418 I'm a teapot|421 Misdirected Request"
    + '|422 Unprocessable Entity|423 Locked|424 Failed Dependency|425 Too Early|426 Upgrade Required|428 Precondition Required|429 Too Many Requests'
    + '|431 Request Header Fields Too Large|451 Unavailable For Legal Reasons|500 Internal Server Error|501 Not Implemented|502 Bad Gateway|503 Service Unavailable'
    + '|504 Gateway Timeout|505 HTTP Version Not Supported|506 Variant Also Negotiates|507 Insufficient Storage|508 Loop Detected|511 Network Authentication Required').split('|')) {
    reasons[each.slice(0, 3)] = each.slice(4);
  }

  const byteCount = text => {
    let count = text.length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7F) count += code > 0x7FF && (code < 0xD800 || code > 0xDFFF) ? 2 : 1;
    }
    return count;
  };

  // Where a text stops being JSON, in the words that people know from there.
  function jsonFault(text) {
    if (text.trim() === '') return 'No data, empty input at 1:1\n\n^';
    const token = /\s+|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b|[[\]{},:]/y;
    const open = [];
    let wants = 'value';
    let at = 0;
    while (at < text.length) {
      token.lastIndex = at;
      const found = token.exec(text);
      if (!found) break;
      const [mark] = found;
      if (mark.trim()) {
        const inside = open[open.length - 1];
        if (wants === 'value' || wants === 'first' && inside === '[') {
          if (mark === '{' || mark === '[') { open.push(mark); wants = 'first'; }
          else if (mark === ']' && wants === 'first') { open.pop(); wants = 'next'; }
          else if (!'{}[],:'.includes(mark)) wants = 'next';
          else break;
        } else if (wants === 'key' || wants === 'first') {
          if (mark[0] === '"') wants = ':'; else if (mark === '}' && wants === 'first') { open.pop(); wants = 'next'; } else break;
        } else if (wants === ':') { if (mark !== ':') break; wants = 'value'; }
        else if (mark === ',' && inside) wants = inside === '{' ? 'key' : 'value';
        else if (mark === '}' && inside === '{' || mark === ']' && inside === '[') open.pop();
        else break;
      }
      at += mark.length;
    }
    const before = text.slice(0, at).split('\n');
    const line = text.split('\n')[before.length - 1] || '';
    const column = before[before.length - 1].length;
    const what = at < text.length ? "Unexpected token '" + String.fromCodePoint(text.codePointAt(at)) + "'" : 'Unexpected end of input';
    return what + ' at ' + before.length + ':' + (column + 1) + '\n' + clip(line, 200) + '\n' + ' '.repeat(Math.min(column, 200)) + '^';
  }

  class ScriptResponse {
    #text;
    #bytes;
    constructor(given) {
      this.code = given.code;
      this.status = given.reason || reasons[given.code] || '';
      this.headers = new PropertyList(given.headers || [], true);
      this.responseTime = given.time;
      this.responseSize = given.size;
      this.#text = given.text || '';
      // The bytes, where the text in UTF-8 would not bring them back.
      this.#bytes = given.bytes;
    }
    get stream() { return this.#bytes === undefined ? global.Buffer.from(this.#text) : global.Buffer.from(this.#bytes, 'base64'); }
    text() { return this.#text.charCodeAt(0) === 0xFEFF ? this.#text.slice(1) : this.#text; }
    json(reviver) {
      const text = this.text();
      try { return JSON.parse(text, typeof reviver === 'function' ? reviver : undefined); } catch (error) {
        const failure = new Error(jsonFault(text));
        failure.name = 'JSONError';
        throw failure;
      }
    }
    // Of `callback({...});` what is between the brackets.
    jsonp(reviver) {
      const text = this.text();
      const found = /^[^({["]*\(([\s\S]*)\)[^)}\]"]*$/.exec(text);
      return found ? JSON.parse(found[1], reviver) : this.json(reviver);
    }
    reason() { return this.status || reasons[this.code] || ''; }
    details() {
      const name = reasons[this.code] || '';
      return { name, detail: '', code: this.code, standardName: name };
    }
    size() {
      // Each field line has a colon, a space and a line end.
      const header = this.headers.contentSize();
      return { body: this.responseSize, header, total: this.responseSize + header };
    }
    encoding() {
      const found = /charset=["']?([^;"'\s]+)/i.exec(this.headers.get('content-type') || '');
      return { format: found ? found[1].toLowerCase() : 'utf8', source: found ? 'header' : '' };
    }
    contentInfo() {
      const type = (this.headers.get('content-type') || '').split(';')[0].trim().toLowerCase() || 'text/plain';
      const [group, kind = ''] = type.split('/');
      const format = /json/.test(kind) ? 'json' : /xml/.test(kind) ? 'xml' : /html/.test(kind) ? 'html' : /javascript/.test(kind) ? 'script' : group === 'text' ? 'plain' : 'raw';
      const named = /filename\*?=(?:UTF-8'[^']*')?["']?([^"';]+)/i.exec(this.headers.get('content-disposition') || '');
      const extension = { json: 'json', xml: 'xml', html: 'html', script: 'js', plain: 'txt', raw: kind.replace(/^x-/, '').split('+').pop() || 'bin' }[format];
      const fileName = named ? decodeURIComponent(named[1].replace(/%(?![0-9a-f]{2})/gi, '%25')) : 'response.' + extension;
      return { mimeType: /json|xml|html|javascript/.test(kind) || group === 'text' ? 'text' : ['image', 'audio', 'video'].includes(group) ? group : 'embed',
        mimeFormat: format, charset: this.encoding().format, fileExtension: named && fileName.includes('.') ? fileName.split('.').pop() : extension,
        fileName, contentType: this.headers.get('content-type') };
    }
    mime() { return { type: this.contentInfo().mimeType, format: this.contentInfo().mimeFormat }; }
    dataURI() {
      const bytes = this.#bytes === undefined ? global.Buffer.from(this.#text).toString('base64') : this.#bytes;
      return 'data:' + (this.headers.get('content-type') || 'text/plain') + ';base64, ' + bytes;
    }
    toJSON() {
      return { id: this.id, status: this.status, code: this.code, header: this.headers.members, stream: this.stream.toJSON(), cookie: this.cookies ? this.cookies.members : [],
        responseTime: this.responseTime, responseSize: this.responseSize };
    }
    get to() { return expect(this).to; }
  }

  // ---- Tests ----

  // Where a failure stands in the script: the first frame that is the script's own.
  function place(error) {
    const stack = error && error.stack || '';
    const at = stack.indexOf(state.url + ':');
    const found = at >= 0 && /^(\d+):(\d+)/.exec(stack.slice(at + state.url.length + 1));
    if (found) return { line: Number(found[1]), column: Number(found[2]) };
    return error && error.sourceURL === state.url ? { line: error.line, column: error.column } : {};
  }

  // What the engine says of a value that is not there, as it reads elsewhere.
  function familiar(name, text) {
    if (name === 'ReferenceError') return text.replace(/^Can't find variable: (.+)$/, '$1 is not defined');
    if (name !== 'TypeError') return text;
    const missing = /^(undefined|null) is not an object \(evaluating '([\s\S]*)'\)$/.exec(text);
    if (missing) {
      const [, value, code] = missing;
      const target = /(?:\.\s*([\w$]+)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\])\s*(=[^=][\s\S]*)?(?:\([\s\S]*)?$/.exec(code);
      if (!target) return text;
      const part = target.slice(1, 5).find(each => each !== undefined);
      return target[5] ? 'Cannot set properties of ' + value + " (setting '" + part + "')" : 'Cannot read properties of ' + value + " (reading '" + part + "')";
    }
    return text.replace(/^([\s\S]*?) is not a function\. \(In '[\s\S]*', '[\s\S]*' is [\s\S]*\)$/, '$1 is not a function');
  }

  function words(error) {
    if (error === null || typeof error !== 'object') return 'Error: ' + clip(String(error), limits.message);
    let name, message;
    try { name = String(error.name || 'Error'); message = familiar(name, String(error.message)); }
    catch (other) { name = 'Error'; message = 'the error cannot be shown'; }
    return clip(name + ': ' + message, limits.message);
  }

  function noteFault(error) {
    if (!state.fault) state.fault = Object.assign({ message: words(error) }, place(error));
  }

  function record(slot, error) {
    if (slot.outcome) return;
    if (error === undefined) slot.outcome = 'passed';
    else Object.assign(slot, { outcome: 'failed', message: words(error.error) }, place(error.error));
  }

  function begin(name) {
    const slot = { name: clip(displayed(name), 1000) };
    if (state.tests.length >= limits.tests) {
      state.overflow = 'more than ' + limits.tests + ' tests';
      return slot;
    }
    state.tests.push(slot);
    return slot;
  }

  function test(name, body) {
    const slot = begin(name);
    if (typeof body !== 'function') { slot.outcome = 'skipped'; return pm; }
    const owner = state;
    const finish = error => { if (state === owner) { record(slot, error); owner.pending -= 1; settle(); } };
    try {
      if (body.length > 0) {
        owner.pending += 1;
        body(error => finish(error === undefined || error === null ? undefined : { error }));
        return pm;
      }
      const result = body();
      if (result && typeof result.then === 'function') {
        owner.pending += 1;
        result.then(() => finish(), error => finish({ error }));
        return pm;
      }
      record(slot);
    } catch (error) { record(slot, { error }); }
    return pm;
  }
  test.skip = name => { begin(name).outcome = 'skipped'; return pm; };
  test.index = () => state.tests.length;

  // ---- pm ----

  let pm = null;

  // ---- What scripts ask of the run ----

  // One question is on its way at a time, and requests leave in the order in which they were asked
  // for; the others wait here.
  let waiting = [];
  let lastAsked = 0;

  function ask(kind, facts, callback) {
    lastAsked += 1;
    waiting.push({ id: lastAsked, text: JSON.stringify({ [kind]: Object.assign({ id: lastAsked }, facts) }), callback });
    if (waiting.length === 1) native.send(waiting[0].text);
  }
  // Both forms: with a callback, or with a promise.
  function answered(callback, start) {
    if (typeof callback === 'function') return void start(callback);
    return new Promise((resolve, reject) => start((error, value) => error ? reject(error) : resolve(value)));
  }
  const asked = (topic, facts, callback, shape) => answered(callback, callback => ask('ask', Object.assign({ topic }, facts),
    (error, given) => error ? callback(error) : callback(null, shape ? shape(given.value) : given.value)));

  // Called by the host with the answer to what is on its way.
  function reply(text) {
    const given = JSON.parse(text);
    if (waiting.length === 0 || waiting[0].id !== given.id) return;
    const { callback } = waiting.shift();
    if (waiting.length > 0) native.send(waiting[0].text);
    try { callback(given.error === undefined ? null : new Error(given.error), given); } catch (error) { noteFault(error); }
    settle();
  }

  function draftOf(request) {
    if (typeof request === 'string') return { method: 'GET', url: request, header: [] };
    if (request instanceof ScriptRequest) return request._draft();
    const header = request.header || request.headers || [];
    const pairs = header instanceof PropertyList ? header.members
      : Array.isArray(header) ? header.map(each => typeof each === 'string' ? split(each, ':') : each)
      : typeof header === 'string' ? lines(header)
      : Object.keys(header).map(key => ({ key, value: String(header[key]) }));
    let body = request.body;
    if (typeof body === 'string') body = { mode: 'raw', raw: body };
    else if (body && typeof body === 'object' && !body.mode) body = { mode: 'raw', raw: JSON.stringify(body) };
    if (body) body = (body instanceof RequestBody ? body : new RequestBody(body)).toJSON();
    const url = request.url instanceof RequestURL ? request.url._draft() : request.url;
    return { method: String(request.method || 'GET').toUpperCase(), url: url || '', header: pairs, body: body || undefined,
      auth: request.auth, behaviour: { disableBodyPruning: true } };
  }

  const cookieList = cookies => new PropertyList((cookies || []).map(cookie => Object.assign({}, cookie, { key: cookie.name,
    expires: cookie.expires === undefined ? undefined : new Date(cookie.expires * 1000) })), true);
  const respond = callback => (error, given) => error ? callback(error, undefined, undefined)
    : callback(null, new ScriptResponse(given.response), { cookies: cookieList(given.cookies) });

  function sendRequest(request, callback) {
    return answered(callback, callback => ask('send', { draft: draftOf(request) }, respond(callback)));
  }

  // The lane's cookies. A cookie is named with a value, or given whole, as an object or as a field.
  const jar = {
    set(url, name, value, callback) {
      let field = name;
      if (typeof value === 'function' || value === undefined) {
        callback = value;
        if (name !== null && typeof name === 'object') {
          const { name: label = name.key, value = '', domain, path, expires, maxAge, secure, httpOnly } = name;
          field = label + '=' + value + (domain ? '; Domain=' + domain : '') + (path ? '; Path=' + path : '')
            + (expires ? '; Expires=' + new Date(expires).toUTCString() : '') + (maxAge === undefined ? '' : '; Max-Age=' + maxAge)
            + (secure ? '; Secure' : '') + (httpOnly ? '; HttpOnly' : '');
        }
      } else field = name + '=' + value;
      const pair = split(String(field).split(';')[0], '=');
      return asked('cookie.set', { url: String(url), field: String(field) }, callback, () => Object.assign({ name: pair.key }, pair));
    },
    get: (url, name, callback) => asked('cookies', { url: String(url) }, callback,
      found => { const cookie = found.find(each => each.name === name); return cookie ? cookie.value : null; }),
    getAll: (url, options, callback) => asked('cookies', { url: String(url) }, typeof options === 'function' ? options : callback, found => cookieList(found)),
    unset: (url, name, callback) => asked('cookie.remove', { url: String(url), name }, callback, () => undefined),
    clear: (url, callback) => asked('cookie.remove', { url: String(url) }, callback, () => undefined),
  };

  const vault = {
    get: name => asked('vault.get', { name: String(name) }, undefined, value => value === null ? undefined : value),
    set: (name, value) => asked('vault.set', { name: String(name), value: storable(value) }, undefined, () => undefined),
    unset: name => asked('vault.set', { name: String(name) }, undefined, () => undefined),
  };

  const visualizer = {
    set(template, data) {
      if (typeof template !== 'string') throw new Error('Invalid template. Template must be of type string, found ' + typeof template);
      const page = { template, data: storable(data === undefined ? {} : data) };
      if (template.length + (JSON.stringify(page.data) || '').length > limits.page) {
        state.overflow = 'a visualization of more than ' + limits.page + ' characters';
      } else state.visualization = page;
    },
    clear() { state.visualization = null; },
  };

  function setNextRequest(target) { state.next = target === null || target === undefined ? false : String(target); }

  // ---- Libraries ----

  const door = { display, get isLoading() { return isLoading; }, set isLoading(value) { isLoading = value; },
    get vocabulary() { return vocabulary(); }, sdk: () => room('sdk', parts), schema: () => room('schema'), need: name => modules(name) };
  let isLoading = false;
  const libraries = () => room('libraries', global, native, door);
  function modules(name) { return libraries().need(name); }
  const parts = { Scope, PropertyList, ScriptRequest, ScriptResponse, RequestURL, RequestBody, RequestAuth, draftOf, urlParts, urlText, queryPairs, lines, replaceIn };

  // A library that is being loaded looks for an older one of its name, and finds none.
  function lazy(names, make) {
    for (const name of names) {
      if (name in global) continue;
      const put = value => Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
      Object.defineProperty(global, name, { configurable: true, enumerable: false, set: put,
        get() { if (isLoading) return undefined; const value = make(name); put(value); return value; } });
    }
  }
  lazy(['_', 'CryptoJS', 'cheerio', 'tv4', 'Backbone', 'Buffer', 'xml2Json'], name => libraries().named(name));
  lazy(['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'crypto', 'Event', 'EventTarget', 'AbortController', 'AbortSignal',
    'DOMException', 'Blob'], name => room('web', global, door)[name]);
  if (!global.queueMicrotask) provide('queueMicrotask', action => { Promise.resolve().then(action); });
  provide('require', modules);

  // ---- What old collections expect of the built-in types ----

  // Stand-ins for the methods of Sugar 1, which comes when the first of them is looked at.
  const standIns = new WeakSet();
  const isStandIn = (target, name) => { const found = Object.getOwnPropertyDescriptor(target, name); return Boolean(found && found.get && standIns.has(found.get)); };
  function standIn(target, names) {
    for (const name of names.split(' ')) {
      if (name in target) continue;
      const get = function () { room('sugar', global, isStandIn); return isStandIn(target, name) ? undefined : this[name]; };
      standIns.add(get);
      Object.defineProperty(target, name, { configurable: true, enumerable: false, get,
        set(value) { Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: this !== target }); } });
    }
  }
  standIn(String.prototype, 'has first last from to capitalize camelize underscore dasherize spacify truncate compact isBlank reverse remove add insert each chars words lines codes toNumber escapeURL unescapeURL escapeHTML unescapeHTML encodeBase64 decodeBase64 stripTags shift pad assign');
  standIn(Array.prototype, 'first last from to each isEmpty unique compact flatten any all none count findAll include exclude remove removeAt add insert sum average min max sortBy groupBy union intersect subtract sample randomize shuffle clone inGroupsOf zip');
  standIn(Number.prototype, 'times upto downto isInteger isOdd isEven isMultipleOf abs ceil floor round pad hex ordinalize chr format');
  standIn(Date.prototype, 'addMonths addYears daysInMonth clone isValid isPast isFuture isToday isBefore isAfter isBetween isWeekend isLeapYear beginningOfDay endOfDay beginningOfMonth endOfMonth iso format advance rewind '
    + ['Millisecond', 'Second', 'Minute', 'Hour', 'Day', 'Week'].map(unit => 'add' + unit + 's ' + unit.toLowerCase() + 'sSince ' + unit.toLowerCase() + 'sUntil').join(' '));
  standIn(Date, 'create');
  standIn(Object, 'each extended merge clone isEmpty size has isString isNumber isBoolean isArray isObject isFunction isDate isRegExp equal');
  standIn(Function.prototype, 'once delay');

  // ---- The world of one script ----

  // A member that is made when it is first looked at: most scripts look at few.
  function later(target, members) {
    for (const name of Object.keys(members)) {
      const put = (self, value) => Object.defineProperty(self, name, { value, writable: true, configurable: true, enumerable: true });
      Object.defineProperty(target, name, { configurable: true, enumerable: true,
        get() { const value = members[name].call(this); put(this, value); return value; }, set(value) { put(this, value); } });
    }
  }

  const names = ['local', 'data', 'environment', 'collection', 'globals'];
  class World {
    #given;
    constructor(given) {
      this.#given = given;
      this.info = given.info;
      if (given.response) this.response = new ScriptResponse(given.response);
    }
    get _given() { return this.#given; }
    _scopes() { const scopes = {}; for (const kind of names) scopes[kind] = this._scope(kind); return scopes; }
    _scope(kind) {
      const { scopes, environmentName } = this.#given;
      return state.scopes[kind] || (state.scopes[kind] = new Scope(kind, scopes[kind], kind === 'environment' ? environmentName : undefined));
    }
  }
  Object.assign(World.prototype, { expect, sendRequest, visualizer, vault, require: name => libraries().need('pm:' + name) });
  later(World.prototype, {
    variables() { return makeVariables(this._scopes()); },
    environment() { return this._scope('environment'); }, globals() { return this._scope('globals'); },
    collectionVariables() { return this._scope('collection'); }, iterationData() { return this._scope('data'); },
    test() { return test; },
    request() { return madeRequest(); },
    cookies() { return Object.assign(cookiesOf(this.request, this.response), { jar: () => jar }); },
    execution() {
      const { location, info } = this._given;
      return {
        setNextRequest,
        skipRequest() {
          if (info.eventName !== 'prerequest') throw new Error('skipRequest works in pre-request scripts only');
          state.skips = true;
          throw skipped;
        },
        runRequest: (name, options) => answered(undefined, callback => ask('ask',
          { topic: 'run', name: String(name), variables: storable(options && options.variables || {}) }, respond(callback))),
        location: Object.assign(location.slice(), { current: location[location.length - 1] }),
      };
    },
  });
  later(ScriptResponse.prototype, { cookies() { return this === pm.response ? pm.cookies : new PropertyList([], true); } });

  // The request of the moment; it goes back to the host where a script has looked at it.
  function madeRequest() {
    const { draft, info } = pm._given;
    return state.request || (state.request = new ScriptRequest(draft, info.requestName, info.requestId));
  }

  const skipped = { toString: () => 'the request is skipped' };

  // The names of the time before `pm`, which nearly half of all collections still use.
  const old = {
    tests: () => ({}), environment: () => pm.environment._mirror(), globals: () => pm.globals._mirror(), data: () => pm.iterationData.toObject(),
    iteration: () => pm.info.iteration,
    request() {
      const { draft, info } = pm._given;
      const { method, url, headers, body, description } = new ScriptRequest(draft, info.requestName, info.requestId);
      return { id: info.requestId, name: info.requestName, method, url: String(url), headers: headers.toObject(), data: legacyData(body),
        description: description && description.content !== undefined ? description.content : description };
    },
    responseBody: () => pm.response && pm.response.text(),
    responseCode: () => pm.response && { code: pm.response.code, name: pm.response.status, detail: pm.response.status },
    responseCookies: () => pm.response ? pm.cookies.all() : [], responseHeaders: () => pm.response && pm.response.headers.toObject(),
    responseTime: () => pm.response && pm.response.responseTime,
    postman() {
      // As the older runner has it: what is falsy stays what it is.
      const text = value => value ? String(value) : value;
      const { environment, globals, response } = pm;
      return {
        setEnvironmentVariable: (name, value) => environment.set(name, text(value)), getEnvironmentVariable: name => environment.get(name),
        clearEnvironmentVariable: name => environment.unset(name), clearEnvironmentVariables: () => environment.clear(),
        setGlobalVariable: (name, value) => globals.set(name, text(value)), getGlobalVariable: name => globals.get(name),
        clearGlobalVariable: name => globals.unset(name), clearGlobalVariables: () => globals.clear(),
        setNextRequest, getResponseCookie: name => response && pm.cookies.one(name), getResponseHeader: name => response && response.headers.get(name),
      };
    },
  };
  for (const name of ['pm', ...Object.keys(old)]) {
    // Made anew for each script, and a script may put something else there for itself.
    Object.defineProperty(global, name, { configurable: true, enumerable: false,
      get() {
        const { own } = state;
        if (!(name in own)) own[name] = name === 'pm' ? pm : old[name]();
        return own[name];
      },
      set(value) { state.own[name] = value; } });
  }

  // A form as an object, in which fields of one name are a list.
  function legacyData(body) {
    if (!body) return {};
    const fields = body[body.mode];
    if (!(fields instanceof PropertyList)) return body.raw || fields || {};
    const data = {};
    for (const field of fields.members) {
      if (field.disabled) continue;
      data[field.key] = field.key in data ? [].concat(data[field.key], field.value) : field.value;
    }
    return data;
  }

  // The cookies that a call went out with, and those that its answer set.
  function cookiesOf(request, answer) {
    const found = new Map();
    const put = (name, value, rest) => found.set(name, Object.assign({ name, key: name, value }, rest));
    for (const field of request.headers.members) {
      if (String(field.key).toLowerCase() !== 'cookie') continue;
      for (const part of String(field.value).split(/;\s*/)) {
        const at = part.indexOf('=');
        if (at > 0) put(part.slice(0, at), part.slice(at + 1));
      }
    }
    for (const field of answer ? answer.headers.members : []) {
      if (String(field.key).toLowerCase() !== 'set-cookie') continue;
      const [pair, ...parts] = String(field.value).split(/;\s*/);
      const at = pair.indexOf('=');
      if (at <= 0) continue;
      const rest = {};
      for (const part of parts) {
        const cut = part.indexOf('=');
        const label = (cut < 0 ? part : part.slice(0, cut)).trim();
        const known = { domain: 'domain', path: 'path', expires: 'expires', 'max-age': 'maxAge', secure: 'secure', httponly: 'httpOnly' }[label.toLowerCase()];
        if (known) rest[known] = cut < 0 ? true : part.slice(cut + 1);
      }
      put(pair.slice(0, at).trim(), pair.slice(at + 1).trim(), rest);
    }
    return new PropertyList([...found.values()], true);
  }

  function collectLegacyTests() {
    if (state.tookLegacy) return;
    state.tookLegacy = true;
    const { tests } = state.own;
    for (const name of tests ? Object.keys(tests) : []) {
      const slot = begin(name);
      if (tests[name]) slot.outcome = 'passed';
      else Object.assign(slot, { outcome: 'failed', message: 'AssertionError: expected false to be truthy' });
    }
  }

  // ---- What a script leaves to the next ----

  // What was there when it was last told.
  let lastLeft = '{}';

  // Whether a value would come out of JSON as it went in.
  function isPlain(value, depth) {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
    if (typeof value === 'number') return isFinite(value);
    if (typeof value !== 'object' || depth > 32) return false;
    if (Array.isArray(value)) return value.every(each => isPlain(each, depth + 1));
    return Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).every(name => isPlain(value[name], depth + 1));
  }

  // Those globals of scripts that a fresh world could have too; undefined where they are as before.
  function leftGlobals() {
    const left = {};
    const found = Object.keys(global);
    if (found.length === 0 && lastLeft === '{}') return undefined;
    for (const name of found) {
      try { if (isPlain(global[name], 0)) left[name] = global[name]; } catch (error) { /* A getter of the script's own. */ }
    }
    const text = JSON.stringify(left);
    if (text === lastLeft || text.length > limits.globals) return undefined;
    lastLeft = text;
    return left;
  }

  function restore(left) {
    for (const name of Object.keys(left)) {
      if (name in global) continue;
      Object.defineProperty(global, name, { value: left[name], writable: true, configurable: true, enumerable: true });
    }
    lastLeft = JSON.stringify(left);
  }

  // ---- The run of one script ----

  // Called by the host with what the script may see; returns nothing.
  function prepare(text) {
    const given = JSON.parse(text);
    timers.clear();
    waiting = [];
    state = { url: given.url, tests: [], changes: [], console: [], consoleSize: 0, pending: 0, isOver: false,
      skips: false, scopes: {}, own: Object.create(null), request: undefined, fault: null, overflow: null, bodyDone: false, asked: false, tookLegacy: false, visualization: undefined };
    pm = new World(given);
    if (given.restore) restore(given.restore);
  }

  // Called by the host with the compiled script.
  function execute(body) {
    const owner = state;
    const end = () => { if (state === owner) { owner.bodyDone = true; settle(); } };
    const fail = error => { if (state === owner && error !== skipped) noteFault(error); end(); };
    if (pm._given.isBare) for (const name of Object.keys(old)) state.own[name] = undefined;
    try { body.call({}).then(end, fail); } catch (error) { fail(error); }
  }

  // A script is over when its body has ended and no timer is left. That is looked at a turn later,
  // since promises that were rejected without anybody to hear it are told at the end of a turn.
  function settle() {
    if (!state || state.isOver || !state.bodyDone || timers.size > 0 || waiting.length > 0 || state.asked) return;
    state.asked = true;
    native.setTimer(lastTurn, 0);
  }

  function finish() {
    collectLegacyTests();
    for (const slot of state.tests) {
      if (!slot.outcome) {
        Object.assign(slot, { outcome: 'failed', message: 'Error: the test never ended: `done` was not called' });
      }
    }
    state.isOver = true;
    native.finish(JSON.stringify({ tests: state.tests, changes: state.changes, console: state.console,
      skips: state.skips, next: state.next, fault: state.fault, overflow: state.overflow, visualization: state.visualization,
      globals: leftGlobals(), draft: state.request && pm.info.eventName === 'prerequest' ? state.request._draft() : undefined }));
  }

  function rejected(promise, reason) { if (state && reason !== skipped) noteFault(reason); }

  native.connect({ prepare, execute, fire, reply, rejected });
})(globalThis);
