// The world that a collection's scripts see. It lives as long as its lane: what a script leaves on
// the global object is there for the next one, and everything of `pm` is made anew for each.

(function (global) {
  'use strict';

  const { expect, Assertion, AssertionError, check, property, method, show, deepEqual, walk } = global.__expect;
  const native = global.__native;
  delete global.__expect;
  delete global.__native;

  const limits = { tests: 10000, console: 1 << 20, message: 1 << 16 };

  // What the running script has done; replaced for each script.
  let state = null;

  const clip = (text, size) => text.length > size ? text.slice(0, size) + '…' : text;

  // ---- Console ----

  function line(level, words) {
    if (state.consoleSize > limits.console) return;
    const text = words.map(word => typeof word === 'string' ? word : show(word)).join(' ');
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
  global.console = levels;

  // ---- Timers ----

  const timers = new Map();
  const lastTurn = 0;
  let lastTimer = lastTurn;
  function startTimer(action, wait, words, repeats) {
    lastTimer += 1;
    wait = Math.max(0, Number(wait) || 0);
    timers.set(lastTimer, { action, wait, words, repeats });
    native.setTimer(lastTimer, wait);
    return lastTimer;
  }
  const stopTimer = id => { timers.delete(id); };
  global.setTimeout = (action, wait, ...words) => startTimer(action, wait, words, false);
  global.setInterval = (action, wait, ...words) => startTimer(action, wait, words, true);
  global.setImmediate = (action, ...words) => startTimer(action, 0, words, false);
  global.clearTimeout = global.clearInterval = global.clearImmediate = stopTimer;

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
  global.btoa = function (text) {
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
  };
  global.atob = function (text) {
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
  };

  // ---- Lists of pairs: headers, query ----

  class PairList {
    constructor(pairs, ignoresCase) {
      this.members = pairs;
      Object.defineProperty(this, '_same', { value: (one, other) => ignoresCase
        ? String(one).toLowerCase() === String(other).toLowerCase() : one === other });
    }
    _find(key) {
      return this.members.filter(pair => this._same(pair.key, key) && !pair.disabled).pop();
    }
    get(key) { const pair = this._find(key); return pair && pair.value; }
    one(key) { return this._find(key); }
    has(key, value) {
      return this.members.some(pair => this._same(pair.key, typeof key === 'object' ? key.key : key)
        && (value === undefined || pair.value === value));
    }
    all() { return this.members.slice(); }
    each(action) { this.members.forEach(action); }
    map(action) { return this.members.map(action); }
    filter(test) { return this.members.filter(test); }
    find(test) { return this.members.find(test); }
    reduce(action, start) { return this.members.reduce(action, start); }
    count() { return this.members.length; }
    idx(index) { return this.members[index]; }
    indexOf(pair) {
      return this.members.findIndex(each => each === pair || this._same(each.key, pair.key || pair));
    }
    _pair(pair, value) {
      if (typeof pair !== 'string') {
        return { key: String(pair.key), value: pair.value === undefined || pair.value === null ? '' : String(pair.value), disabled: pair.disabled };
      }
      if (value !== undefined) return { key: pair, value: String(value) };
      const colon = pair.indexOf(':');
      return { key: pair.slice(0, colon).trim(), value: pair.slice(colon + 1).trim() };
    }
    add(pair, value) { this.members.push(this._pair(pair, value)); }
    append(pair) { this.add(pair); }
    prepend(pair) { this.members.unshift(this._pair(pair)); }
    upsert(pair) {
      const made = this._pair(pair);
      const index = this.indexOf(made);
      if (index >= 0) this.members[index] = made; else this.members.push(made);
    }
    remove(key) {
      const test = typeof key === 'function' ? key
        : pair => this._same(pair.key, typeof key === 'object' ? key.key : key);
      this.members = this.members.filter(pair => !test(pair));
    }
    clear() { this.members = []; }
    populate(pairs) { pairs.forEach(pair => this.add(pair)); }
    toObject() {
      const object = {};
      for (const pair of this.members) object[pair.key] = pair.value;
      return object;
    }
    toJSON() { return this.members; }
    toString() { return this.members.map(pair => pair.key + ': ' + pair.value).join('\n'); }
  }

  // ---- Variables ----

  class Scope {
    constructor(kind, pairs, name) {
      const values = new Map(pairs);
      Object.defineProperty(this, '_', { value: { kind, values } });
      if (name !== undefined) this.name = name;
    }
    get(name) { return this._.values.get(name); }
    has(name) { return this._.values.has(name); }
    set(name, value) {
      if (name === undefined || name === null) throw new TypeError('a variable needs a name');
      this._.values.set(String(name), value);
      const mirror = state.mirrors[this._.kind];
      if (mirror) mirror[String(name)] = value;
      if (this._.kind !== 'detached') state.changes.push({ scope: this._.kind, name: String(name), value: value === undefined && this._.kind === 'local' ? '' : storable(value) });
    }
    unset(name) {
      if (!this._.values.delete(name)) return;
      const mirror = state.mirrors[this._.kind];
      if (mirror) delete mirror[name];
      state.changes.push({ scope: this._.kind, name, unset: true });
    }
    clear() { for (const name of [...this._.values.keys()]) this.unset(name); }
    toObject() { return Object.fromEntries(this._.values); }
    toJSON() { return this.toObject(); }
    replaceIn(value) { return replaceIn(value, name => this.get(name)); }
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
      this.query = new PairList(pairs, false);
      this.variables = new PairList(Array.isArray(given.variable) ? given.variable : [], false);
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

  class ScriptRequest {
    constructor(draft, name, id) {
      this.name = name;
      this.id = id;
      this.method = draft.method;
      this.headers = new PairList((draft.header || []).map(each => Object.assign({}, each)), true);
      this.body = draft.body;
      this.auth = draft.auth;
      this.description = draft.description;
      let url = new RequestURL(draft.url);
      Object.defineProperty(this, 'url', { enumerable: true,
        get: () => url, set: value => { url = typeof value === 'string' ? new RequestURL(value) : value; } });
      Object.defineProperty(this, '_behaviour', { value: draft.behaviour });
    }
    addHeader(pair) { this.headers.add(pair); }
    upsertHeader(pair) { this.headers.upsert(pair); }
    removeHeader(name) { this.headers.remove(name); }
    getHeaders() { return this.headers.toObject(); }
    forEachHeader(action) { this.headers.each(action); }
    addQueryParams(pairs) { this.url.addQueryParams(pairs); }
    removeQueryParams(keys) { this.url.removeQueryParams(keys); }
    _draft() {
      const body = typeof this.body === 'string' ? { mode: 'raw', raw: this.body } : this.body;
      return { method: this.method, url: this.url instanceof RequestURL ? this.url._draft() : this.url,
        header: this.headers.members, body, auth: this.auth, description: this.description,
        behaviour: this._behaviour };
    }
    toJSON() { return this._draft(); }
    get to() { return expect(this).to; }
  }

  // ---- Response ----

  const reasons = { 100: 'Continue', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content',
    301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 307: 'Temporary Redirect',
    308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
    405: 'Method Not Allowed', 406: 'Not Acceptable', 409: 'Conflict', 410: 'Gone',
    415: 'Unsupported Media Type', 422: 'Unprocessable Entity', 429: 'Too Many Requests',
    500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' };

  class ScriptResponse {
    constructor(given) {
      this.code = given.code;
      this.status = given.reason || reasons[given.code] || '';
      this.headers = new PairList(given.headers || [], true);
      this.responseTime = given.time;
      this.responseSize = given.size;
      Object.defineProperty(this, '_text', { value: given.text || '' });
    }
    text() { return this._text.replace(/^\uFEFF/, ''); }
    json(reviver) {
      const text = this.text();
      try { return JSON.parse(text, reviver); } catch (error) {
        const failure = new Error(error.message.replace(/^JSON Parse error: /, '') + ' in the response body: '
          + clip(text, 60));
        failure.name = 'JSONError';
        throw failure;
      }
    }
    reason() { return this.status; }
    size() {
      // Each field line has a colon, a space and a line end.
      const header = this.headers.reduce((sum, pair) => sum + pair.key.length + pair.value.length + 4, 0);
      return { body: this.responseSize, header, total: this.responseSize + header };
    }
    get to() { return expect(this).to; }
  }

  // What a response can be asked in words. `property` and `method` extend every assertion, so each
  // word looks at what it was given first.
  const response = assertion => {
    const value = assertion._.object;
    if (!(value instanceof ScriptResponse)) {
      throw new AssertionError('expected ' + show(value) + ' to be a response');
    }
    return value;
  };

  method('status', function (wanted) {
    const found = response(this);
    if (typeof wanted === 'number') {
      check(this, found.code === wanted,
        'expected response to have status code ' + wanted + ' but got ' + found.code,
        'expected response to not have status code ' + wanted, wanted, found.code);
    } else {
      check(this, found.status === wanted,
        "expected response to have status reason '" + wanted + "' but got '" + found.status + "'",
        "expected response to not have status reason '" + wanted + "'", wanted, found.status);
    }
  });
  method('statusCode', function (wanted) {
    const found = response(this).code;
    check(this, found === wanted, 'expected response to have status code ' + wanted + ' but got ' + found,
      'expected response to not have status code ' + wanted, wanted, found);
  });
  method('statusReason', function (wanted) {
    const found = response(this).status;
    check(this, found === wanted, "expected response to have status reason '" + wanted + "' but got '" + found + "'",
      "expected response to not have status reason '" + wanted + "'", wanted, found);
  });
  method('statusCodeClass', function (wanted) {
    const found = Math.floor(response(this).code / 100);
    check(this, found === wanted, 'expected response code to be ' + wanted + 'XX but found ' + response(this).code,
      'expected response code to not be ' + wanted + 'XX', wanted, found);
  });
  method('header', function (name, value) {
    const holder = this._.object;
    const headers = holder && holder.headers;
    if (!(headers instanceof PairList)) throw new AssertionError('expected ' + show(holder) + ' to have headers');
    const what = holder instanceof ScriptResponse ? 'response' : 'request';
    if (value === undefined) {
      check(this, headers.has(name), 'expected ' + what + " to have header with key '" + name + "'",
        'expected ' + what + " to not have header with key '" + name + "'");
    } else {
      const found = headers.get(name);
      check(this, found === value, 'expected ' + what + " to have header '" + name + "' with value '" + value
        + "' but got '" + found + "'", 'expected ' + what + " to not have header '" + name + "' with value '" + value + "'",
        value, found);
    }
  });
  method('body', function (wanted) {
    const text = response(this).text();
    if (wanted === undefined) {
      return void check(this, text !== '', 'expected response to have content in body',
        'expected response to not have content in body');
    }
    const holds = wanted instanceof RegExp ? wanted.test(text)
      : typeof wanted === 'object' ? deepEqual(response(this).json(), wanted) : text === String(wanted);
    check(this, holds, 'expected response body to equal ' + show(wanted) + ' but got ' + show(clip(text, 200)),
      'expected response body to not equal ' + show(wanted), wanted, text);
  });
  method('jsonBody', function (path, value) {
    let json;
    let isJSON = true;
    try { json = response(this).json(); } catch (error) { isJSON = false; }
    if (path === undefined) {
      return void check(this, isJSON, 'expected response body to be a valid json',
        'expected response body not to be a valid json');
    }
    if (typeof path === 'object') {
      return void check(this, isJSON && deepEqual(json, path), 'expected response body json to equal ' + show(path)
        + ' but got ' + show(json), 'expected response body json to not equal ' + show(path), path, json);
    }
    const target = isJSON ? walk(json, path) : { found: false };
    const holds = target.found && (value === undefined || deepEqual(target.value, value));
    check(this, holds, 'expected ' + show(json) + ' in response to contain property \'' + path + "'"
      + (value === undefined ? '' : ' with value ' + show(value) + ' but got ' + show(target.value)),
      'expected response to not contain property \'' + path + "'", value, target.value);
  });
  // By ajv, as everywhere else; where the system has no ajv, the assertion says so and fails.
  method('jsonSchema', function (schema, options) {
    const value = this._.object;
    const data = value instanceof ScriptResponse ? value.json() : value;
    const Ajv = modules('ajv');
    const ajv = new Ajv(Object.assign({ allErrors: true, logger: false }, options));
    const holds = ajv.validate(schema, data);
    const errors = (ajv.errors || []).map(each => (each.dataPath || 'data') + ' ' + each.message).join(', ');
    check(this, holds, 'expected data to satisfy schema but found following errors: \n' + errors,
      'expected data to not satisfy schema', schema, data);
  });
  property('json', function () {
    const found = response(this).headers.get('content-type') || '';
    check(this, /^application\/([\w.+-]*\+)?json\b/i.test(found) || /^text\/json\b/i.test(found),
      'expected response to be json but got ' + show(found), 'expected response not to be json');
  });
  property('withBody', function () {
    check(this, response(this).text() !== '', 'expected response to have content in body',
      'expected response to not have content in body');
  });
  const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };
  for (const word of Object.keys(classes)) {
    property(word, function () {
      const code = response(this).code;
      check(this, Math.floor(code / 100) === classes[word],
        'expected response code to be ' + classes[word] + 'XX but found ' + code,
        'expected response code to not be ' + classes[word] + 'XX but found ' + code);
    });
  }
  property('error', function () {
    const code = response(this).code;
    check(this, code >= 400 && code < 600, 'expected response code to be 4XX or 5XX but found ' + code,
      'expected response code to not be 4XX or 5XX but found ' + code);
  });
  const named = { ok: 200, accepted: 202, withoutContent: 204, badRequest: 400, unauthorized: 401,
    unauthorised: 401, forbidden: 403, notFound: 404, notAcceptable: 406, rateLimited: 429 };
  const plainOK = Object.getOwnPropertyDescriptor(Assertion.prototype, 'ok').get;
  for (const word of Object.keys(named)) {
    property(word, function (flags) {
      if (word === 'ok' && !(flags.object instanceof ScriptResponse)) return plainOK.call(this);
      const found = response(this);
      check(this, found.code === named[word] && found.status === reasons[named[word]],
        'expected response to have status reason \'' + reasons[named[word]] + "' but got '" + found.status + "'",
        'expected response to not have status reason \'' + reasons[named[word]] + "'", reasons[named[word]], found.status);
    });
  }
  property('responseTime', function () { return new Assertion(response(this).responseTime, this._.message, this._.negate ? { negate: true } : {}); });
  property('responseSize', function () { return new Assertion(response(this).responseSize, this._.message, this._.negate ? { negate: true } : {}); });

  // ---- Tests ----

  // Where a failure stands in the script: the first frame that is the script's own.
  function place(error) {
    const stack = error && error.stack || '';
    const at = stack.indexOf(state.url + ':');
    const found = at >= 0 && /^(\d+):(\d+)/.exec(stack.slice(at + state.url.length + 1));
    if (found) return { line: Number(found[1]), column: Number(found[2]) };
    return error && error.sourceURL === state.url ? { line: error.line, column: error.column } : {};
  }

  function words(error) {
    if (error === null || typeof error !== 'object') return 'Error: ' + clip(String(error), limits.message);
    let name, message;
    try { name = String(error.name || 'Error'); message = String(error.message); }
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
    const slot = { name: clip(typeof name === 'string' ? name : show(name), 1000) };
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

  // ---- Requests of scripts ----

  // One is on its way at a time; the others wait here.
  let waiting = [];
  let lastSent = 0;

  function draftOf(request) {
    if (typeof request === 'string') return { method: 'GET', url: request, header: [] };
    if (request instanceof ScriptRequest) return request._draft();
    const header = request.header || request.headers || [];
    const pairs = header instanceof PairList ? header.members
      : Array.isArray(header) ? header.map(each => typeof each === 'string'
        ? { key: each.slice(0, each.indexOf(':')).trim(), value: each.slice(each.indexOf(':') + 1).trim() } : each)
      : typeof header === 'string' ? header.split(/\r?\n/).filter(Boolean)
        .map(each => ({ key: each.slice(0, each.indexOf(':')).trim(), value: each.slice(each.indexOf(':') + 1).trim() }))
      : Object.keys(header).map(key => ({ key, value: String(header[key]) }));
    let body = request.body;
    if (typeof body === 'string') body = { mode: 'raw', raw: body };
    else if (body && typeof body === 'object' && !body.mode) body = { mode: 'raw', raw: JSON.stringify(body) };
    if (body && body.urlencoded && !Array.isArray(body.urlencoded) && typeof body.urlencoded === 'object') {
      body = { mode: 'urlencoded', urlencoded: Object.keys(body.urlencoded).map(key => ({ key, value: String(body.urlencoded[key]) })) };
    }
    const url = request.url instanceof RequestURL ? request.url._draft() : request.url;
    return { method: String(request.method || 'GET').toUpperCase(), url: url || '', header: pairs, body: body || undefined,
      auth: request.auth, behaviour: { disableBodyPruning: true } };
  }

  const noCookies = {
    get cookies() { throw new Error('the cookies of pm.sendRequest are not supported by this version of Assay'); },
  };

  function sendRequest(request, callback) {
    if (typeof callback !== 'function') {
      return new Promise((resolve, reject) => sendRequest(request, (error, answer) => error ? reject(error) : resolve(answer)));
    }
    lastSent += 1;
    waiting.push({ id: lastSent, text: JSON.stringify({ send: { id: lastSent, draft: draftOf(request) } }), callback });
    if (waiting.length === 1) native.send(waiting[0].text);
  }

  // Called by the host with the answer to the request that is on its way.
  function reply(text) {
    const given = JSON.parse(text);
    if (waiting.length === 0 || waiting[0].id !== given.id) return;
    const { callback } = waiting.shift();
    if (waiting.length > 0) native.send(waiting[0].text);
    try {
      if (given.response) callback(null, new ScriptResponse(given.response), noCookies);
      else callback(new Error(given.error), undefined, undefined);
    } catch (error) { noteFault(error); }
    settle();
  }

  function setNextRequest(target) { state.next = target === null || target === undefined ? false : String(target); }

  // The libraries are evaluated when the first of them is asked for.
  const door = { expect, AssertionError, show, deepEqual, sdk, libraries: undefined };
  function libraries() {
    if (!door.libraries) native.libraries()(global, native, door);
    return door.libraries;
  }
  function modules(name) { return libraries().need(name); }

  for (const name of ['_', 'CryptoJS', 'cheerio', 'tv4', 'Backbone', 'Buffer', 'xml2Json']) {
    const put = value => Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
    Object.defineProperty(global, name, { configurable: true, enumerable: false, set: put,
      // A library that is being loaded looks for an older one of its name, and finds none.
      get() { if (door.isLoading) return undefined; const value = libraries().named(name); put(value); return value; } });
  }

  // The classes that scripts make requests with.
  function sdk() {
    class Request extends ScriptRequest {
      constructor(definition) {
        super(Object.assign({ method: 'GET' }, draftOf(definition)), definition && definition.name, definition && definition.id);
      }
      toObjectResolved(own, sources) {
        const values = Object.assign({}, ...[].concat(sources || []).reverse().map(each => each && each.toObject ? each.toObject() : each));
        return replaceIn(JSON.parse(JSON.stringify(this._draft())), name => values[name]);
      }
    }
    class Header {
      constructor(pair, value) {
        const made = typeof pair === 'string' ? { key: pair, value } : pair || {};
        this.key = made.key; this.value = made.value;
      }
      toString() { return this.key + ': ' + this.value; }
      static parse(text) { return parsedHeaders(text); }
    }
    class HeaderList extends PairList { constructor(parent, pairs) { super(parsedHeaders(pairs || []), true); } }
    class PropertyList extends PairList { constructor(type, parent, pairs) { super(pairs || [], false); } }
    class Url extends RequestURL {
      static parse(text) { return urlParts(text); }
    }
    class VariableScope extends Scope {
      constructor(definition) {
        const list = Array.isArray(definition) ? definition : definition && definition.values || [];
        super('detached', list.map(each => [each.key, each.value]));
      }
    }
    return { Request, Header, HeaderList, PropertyList, Url, VariableScope, Response: ScriptResponse, QueryParam: Header, Variable: Header,
      RequestBody: class { constructor(body) { Object.assign(this, body); } } };
  }

  const parsedHeaders = text => typeof text !== 'string' ? text : text.split(/\r?\n/).filter(Boolean)
    .map(each => ({ key: each.slice(0, each.indexOf(':')).trim(), value: each.slice(each.indexOf(':') + 1).trim() }));

  function install(given) {
    const scopes = {};
    for (const kind of Object.keys(given.scopes)) {
      scopes[kind] = new Scope(kind, given.scopes[kind], kind === 'environment' ? given.environmentName : undefined);
    }
    const request = new ScriptRequest(given.draft, given.info.requestName, given.info.requestId);
    state.request = request;
    pm = {
      info: given.info, variables: makeVariables(scopes), environment: scopes.environment,
      globals: scopes.globals, collectionVariables: scopes.collection, iterationData: scopes.data,
      request, test, expect, require: modules,
      sendRequest, visualizer: { set() {}, clear() {} },
      execution: {
        setNextRequest,
        skipRequest() {
          if (given.info.eventName !== 'prerequest') throw new Error('skipRequest works in pre-request scripts only');
          state.skips = true;
          throw skipped;
        },
        location: given.location,
      },
    };
    if (given.response) pm.response = new ScriptResponse(given.response);
    pm.cookies = cookiesOf(request, pm.response);
    pm.cookies.jar = () => { throw new Error('the cookie jar is not supported by this version of Assay'); };
    if (pm.response) pm.response.cookies = pm.cookies;
    legacy(given, scopes);
    return pm;
  }

  const skipped = { toString: () => 'the request is skipped' };

  // The names of the time before `pm`, which nearly half of all collections still use.
  function legacy(given, scopes) {
    const answer = pm.response;
    // As the older runner has it: what is falsy stays what it is.
    const text = value => value ? String(value) : value;
    // Plain objects that follow what is set through the scopes.
    state.mirrors = { environment: scopes.environment.toObject(), globals: scopes.globals.toObject() };
    const described = pm.request.description;
    Object.assign(global, {
      pm, tests: {}, environment: state.mirrors.environment, globals: state.mirrors.globals,
      data: scopes.data.toObject(), iteration: given.info.iteration, require: modules, expect: undefined,
      request: { id: pm.request.id, name: pm.request.name,
        description: described && described.content !== undefined ? described.content : described, method: pm.request.method,
        url: String(pm.request.url), headers: pm.request.headers.toObject(),
        data: legacyData(pm.request.body) },
      responseBody: answer && answer.text(),
      responseCode: answer && { code: answer.code, name: answer.status, detail: answer.status },
      responseCookies: answer ? pm.cookies.all() : [], responseHeaders: answer && answer.headers.toObject(), responseTime: answer && answer.responseTime,
      postman: {
        setEnvironmentVariable: (name, value) => scopes.environment.set(name, text(value)),
        getEnvironmentVariable: name => scopes.environment.get(name),
        clearEnvironmentVariable: name => scopes.environment.unset(name),
        clearEnvironmentVariables: () => scopes.environment.clear(),
        setGlobalVariable: (name, value) => scopes.globals.set(name, text(value)),
        getGlobalVariable: name => scopes.globals.get(name),
        clearGlobalVariable: name => scopes.globals.unset(name),
        clearGlobalVariables: () => scopes.globals.clear(),
        setNextRequest,
        getResponseCookie: name => answer && pm.cookies.one(name),
        getResponseHeader: name => answer && answer.headers.get(name),
      },
    });
    delete global.expect;
  }

  // A form as an object, in which fields of one name are a list.
  function legacyData(body) {
    if (!body) return {};
    const fields = body[body.mode];
    if (body.mode === 'raw' || !Array.isArray(fields)) return body.raw || fields || {};
    const data = {};
    for (const field of fields) {
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
    return new PairList([...found.values()], true);
  }

  function collectLegacyTests() {
    if (state.tookLegacy) return;
    state.tookLegacy = true;
    for (const name of Object.keys(global.tests || {})) {
      const slot = begin(name);
      if (global.tests[name]) slot.outcome = 'passed';
      else Object.assign(slot, { outcome: 'failed', message: 'AssertionError: expected false to be truthy' });
    }
  }

  // ---- The run of one script ----

  // Called by the host with what the script may see; returns nothing.
  function prepare(text) {
    const given = JSON.parse(text);
    timers.clear();
    waiting = [];
    state = { url: given.url, tests: [], changes: [], console: [], consoleSize: 0, pending: 0, isOver: false,
      skips: false, mirrors: {}, fault: null, overflow: null, bodyDone: false, asked: false, tookLegacy: false };
    install(given);
  }

  // Called by the host with the compiled script.
  function execute(body) {
    const owner = state;
    const end = () => { if (state === owner) { owner.bodyDone = true; settle(); } };
    const fail = error => { if (state === owner && error !== skipped) noteFault(error); end(); };
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
      skips: state.skips, next: state.next, fault: state.fault, overflow: state.overflow,
      draft: state.request ? state.request._draft() : null }));
  }

  function rejected(promise, reason) { if (state && reason !== skipped) noteFault(reason); }

  native.connect({ prepare, execute, fire, reply, rejected });
})(globalThis);
