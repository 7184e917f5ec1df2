// What newer scripts take from the world of browsers.

(function (global, door) {
  'use strict';

  // ---- Text ----

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text) { return new Uint8Array(global.Buffer.from(text === undefined ? '' : String(text))); }
    encodeInto(text, into) {
      const bytes = this.encode(text).subarray(0, into.length);
      into.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  }
  class TextDecoder {
    constructor(label, options) {
      this.encoding = String(label || 'utf-8').toLowerCase().replace(/^utf8$/, 'utf-8');
      this.fatal = Boolean(options && options.fatal);
      if (!['utf-8', 'utf-16le', 'latin1', 'iso-8859-1', 'ascii', 'us-ascii', 'windows-1252'].includes(this.encoding)) throw new RangeError('the encoding `' + label + '` is not known');
    }
    decode(bytes) {
      if (bytes === undefined) return '';
      const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
      if (this.encoding === 'utf-16le') return String.fromCharCode(...new Uint16Array(view.slice().buffer)).replace(/^\uFEFF/, '');
      const text = global.Buffer.from(view).toString(this.encoding === 'utf-8' ? 'utf8' : 'latin1');
      if (this.fatal && text.includes('\uFFFD')) throw new TypeError('the bytes are not ' + this.encoding);
      return text.replace(/^\uFEFF/, '');
    }
  }

  // ---- Copies ----

  function structuredClone(value, options, seen) {
    if (value === null || typeof value !== 'object') {
      if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException('a ' + typeof value + ' cannot be cloned', 'DataCloneError');
      return value;
    }
    seen = seen || new Map();
    if (seen.has(value)) return seen.get(value);
    const put = copy => { seen.set(value, copy); return copy; };
    const part = each => structuredClone(each, undefined, seen);
    if (value instanceof Date) return put(new Date(value.getTime()));
    if (value instanceof RegExp) return put(new RegExp(value.source, value.flags));
    if (value instanceof Error) return put(Object.assign(new value.constructor(value.message), {}));
    if (value instanceof ArrayBuffer) return put(value.slice(0));
    if (ArrayBuffer.isView(value)) return put(value.slice ? value.slice() : new DataView(value.buffer.slice(0)));
    if (value instanceof Map) { const copy = put(new Map()); for (const [key, each] of value) copy.set(part(key), part(each)); return copy; }
    if (value instanceof Set) { const copy = put(new Set()); for (const each of value) copy.add(part(each)); return copy; }
    if (Array.isArray(value)) { const copy = put(new Array(value.length)); value.forEach((each, index) => { copy[index] = part(each); }); return copy; }
    const copy = put({});
    for (const name of Object.keys(value)) copy[name] = part(value[name]);
    return copy;
  }

  // ---- Events ----

  class DOMException extends Error {
    constructor(message, name) { super(message); Object.defineProperty(this, 'name', { value: name || 'Error' }); this.code = name === 'AbortError' ? 20 : 0; }
  }
  class Event {
    constructor(type, options) { this.type = String(type); this.defaultPrevented = false; Object.assign(this, { bubbles: false, cancelable: false }, options); }
    preventDefault() { this.defaultPrevented = this.cancelable; }
    stopPropagation() {}
    stopImmediatePropagation() { this._isOver = true; }
  }
  class EventTarget {
    constructor() { Object.defineProperty(this, '_listeners', { value: [] }); }
    addEventListener(type, action, options) { if (!this._listeners.some(each => each.type === type && each.action === action)) this._listeners.push({ type, action, once: Boolean(options && options.once) }); }
    removeEventListener(type, action) { const at = this._listeners.findIndex(each => each.type === type && each.action === action); if (at >= 0) this._listeners.splice(at, 1); }
    dispatchEvent(event) {
      event.target = this;
      for (const each of this._listeners.filter(each => each.type === event.type)) {
        if (event._isOver) break;
        if (each.once) this.removeEventListener(each.type, each.action);
        if (typeof each.action === 'function') each.action.call(this, event); else each.action.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }
  class AbortSignal extends EventTarget {
    constructor() { super(); this.aborted = false; this.reason = undefined; this.onabort = null; }
    throwIfAborted() { if (this.aborted) throw this.reason; }
    static abort(reason) { const controller = new AbortController(); controller.abort(reason); return controller.signal; }
    static timeout(wait) { const controller = new AbortController(); global.setTimeout(() => controller.abort(new DOMException('it took too long', 'TimeoutError')), wait); return controller.signal; }
  }
  class AbortController {
    constructor() { this.signal = new AbortSignal(); }
    abort(reason) {
      const { signal } = this;
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason === undefined ? new DOMException('it was aborted', 'AbortError') : reason;
      const event = new Event('abort');
      if (signal.onabort) signal.onabort(event);
      signal.dispatchEvent(event);
    }
  }
  class Blob {
    constructor(parts, options) {
      this._bytes = global.Buffer.concat((parts || []).map(each => each instanceof Blob ? each._bytes : typeof each === 'string' ? global.Buffer.from(each) : global.Buffer.from(new Uint8Array(each.buffer || each))));
      this.type = String(options && options.type || '').toLowerCase();
      this.size = this._bytes.length;
    }
    text() { return Promise.resolve(this._bytes.toString()); }
    arrayBuffer() { return Promise.resolve(new Uint8Array(this._bytes).buffer); }
    slice(start, end, type) { return new Blob([this._bytes.subarray(start, end)], { type }); }
  }

  // ---- Chance and digests ----

  const library = () => door.need('crypto-js');
  const wordsOf = bytes => library().enc.Hex.parse(global.Buffer.from(new Uint8Array(bytes.buffer || bytes, bytes.byteOffset || 0, bytes.byteLength)).toString('hex'));
  const bytesOf = words => new Uint8Array(global.Buffer.from(words.toString(library().enc.Hex), 'hex')).buffer;
  const digest = algorithm => String(algorithm.name || algorithm).toUpperCase().replace('-', '');
  const crypto = {
    getRandomValues(array) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(Math.random() * 256);
      return array;
    },
    randomUUID: () => door.need('uuid').v4(),
    subtle: {
      digest: async (algorithm, data) => {
        const hash = library()[digest(algorithm)];
        if (!hash) throw new DOMException('the algorithm is not known', 'NotSupportedError');
        return bytesOf(hash(wordsOf(data)));
      },
      importKey: async (format, data, algorithm, extractable, usages) => {
        if (format !== 'raw' || (algorithm.name || algorithm) !== 'HMAC') throw new DOMException('only raw keys for HMAC can be imported', 'NotSupportedError');
        return { type: 'secret', extractable, algorithm, usages, _data: data };
      },
      sign: async (algorithm, key, data) => bytesOf(library()['Hmac' + digest(key.algorithm.hash)](wordsOf(data), wordsOf(key._data))),
      verify: async (algorithm, key, signature, data) => {
        const found = new Uint8Array(await crypto.subtle.sign(algorithm, key, data));
        const given = new Uint8Array(signature.buffer || signature);
        return found.length === given.length && found.every((byte, index) => byte === given[index]);
      },
    },
  };

  // ---- URLs (WHATWG) ----

  const ports = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
  const encoded = (text, keep) => Array.from(text, each => keep.test(each) ? each
    : each.codePointAt(0) < 0x80 ? '%' + each.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0') : encodeURIComponent(each.isWellFormed && !each.isWellFormed() ? '\uFFFD' : each)).join('');
  const sets = { path: /[^\u0000-\u0020"#<>?`{}\u007f-\u{10ffff}]/u, query: /[^\u0000-\u0020"#<>'\u007f-\u{10ffff}]/u, hash: /[^\u0000-\u0020"<>`\u007f-\u{10ffff}]/u,
    user: /[^\u0000-\u0020"#<>?`{}/:;=@[\\\]^|\u007f-\u{10ffff}]/u };
  const plainForm = text => { try { return decodeURIComponent(text.replace(/\+/g, ' ')); } catch (error) { return global.Buffer.from(unescape(text.replace(/\+/g, ' ')), 'latin1').toString(); } };
  const formed = text => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()~]/g, mark => '%' + mark.charCodeAt(0).toString(16).toUpperCase());

  class URLSearchParams {
    constructor(init, changed) {
      Object.defineProperty(this, '_', { value: { pairs: [], changed: changed || (() => {}) } });
      if (init === undefined || init === null) return;
      if (typeof init === 'string') this._read(init.replace(/^\?/, ''));
      else if (typeof init[Symbol.iterator] === 'function') for (const [name, value] of init) this._.pairs.push([String(name), String(value)]);
      else for (const name of Object.keys(init)) this._.pairs.push([name, String(init[name])]);
    }
    _read(text) {
      this._.pairs = text.split('&').filter(Boolean).map(part => {
        const at = part.indexOf('=');
        return [plainForm(at < 0 ? part : part.slice(0, at)), at < 0 ? '' : plainForm(part.slice(at + 1))];
      });
    }
    _set(pairs) { this._.pairs = pairs; this._.changed(); }
    get size() { return this._.pairs.length; }
    append(name, value) { this._set([...this._.pairs, [String(name), String(value)]]); }
    delete(name, value) { this._set(this._.pairs.filter(pair => pair[0] !== String(name) || value !== undefined && pair[1] !== String(value))); }
    get(name) { const found = this._.pairs.find(pair => pair[0] === String(name)); return found ? found[1] : null; }
    getAll(name) { return this._.pairs.filter(pair => pair[0] === String(name)).map(pair => pair[1]); }
    has(name, value) { return this._.pairs.some(pair => pair[0] === String(name) && (value === undefined || pair[1] === String(value))); }
    set(name, value) {
      const at = this._.pairs.findIndex(pair => pair[0] === String(name));
      if (at < 0) return this.append(name, value);
      this._set(this._.pairs.filter((pair, index) => index <= at || pair[0] !== String(name)).map((pair, index) => index === at ? [pair[0], String(value)] : pair));
    }
    sort() { this._set(this._.pairs.slice().sort((one, other) => one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0)); }
    forEach(action, self) { for (const [name, value] of this._.pairs) action.call(self, value, name, this); }
    keys() { return this._.pairs.map(pair => pair[0])[Symbol.iterator](); }
    values() { return this._.pairs.map(pair => pair[1])[Symbol.iterator](); }
    entries() { return this._.pairs.map(pair => pair.slice())[Symbol.iterator](); }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this._.pairs.map(pair => formed(pair[0]) + '=' + formed(pair[1])).join('&'); }
  }

  class URL {
    constructor(text, base) {
      const fail = () => { throw new TypeError('Invalid URL: ' + text); };
      let rest = String(text).replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '').replace(/[\t\n\r]/g, '');
      const own = { protocol: '', username: '', password: '', hostname: '', port: '', pathname: '', search: '', hash: '' };
      const cut = mark => { const at = rest.indexOf(mark); if (at < 0) return ''; const behind = rest.slice(at); rest = rest.slice(0, at); return behind; };
      const hash = cut('#');
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest);
      const from = base === undefined ? null : base instanceof URL ? base : new URL(base);
      if (scheme) { own.protocol = scheme[0].toLowerCase(); rest = rest.slice(scheme[0].length); } else if (from) own.protocol = from.protocol; else fail();
      const isSpecial = own.protocol in ports;
      const search = cut('?');
      if (isSpecial) rest = rest.replace(/\\/g, '/');
      const isRelative = !scheme || isSpecial && from && from.protocol === own.protocol && !rest.startsWith('/');
      const hasHost = rest.startsWith('//') || isSpecial && !isRelative && own.protocol !== 'file:';
      if (hasHost) {
        rest = rest.replace(isSpecial ? /^\/*/ : /^\/\//, '');
        const slash = rest.indexOf('/');
        let authority = slash < 0 ? rest : rest.slice(0, slash);
        rest = slash < 0 ? '' : rest.slice(slash);
        const at = authority.lastIndexOf('@');
        if (at >= 0) {
          const [user, ...words] = authority.slice(0, at).split(':');
          own.username = encoded(user, sets.user);
          own.password = encoded(words.join(':'), sets.user);
          authority = authority.slice(at + 1);
        }
        const port = /:(\d*)$/.exec(authority);
        if (port) {
          if (Number(port[1]) > 65535) fail();
          authority = authority.slice(0, port.index);
          own.port = port[1] === '' || String(Number(port[1])) === ports[own.protocol] ? '' : String(Number(port[1]));
        }
        own.hostname = isSpecial ? plainForm(authority.replace(/\+/g, '%2B')).toLowerCase() : authority;
        if (isSpecial && own.protocol !== 'file:' && own.hostname === '' || /[\s#%/:<>?@\\^|]/.test(own.hostname.replace(/^\[[0-9a-f:.]+\]$/i, ''))) fail();
      } else if (isRelative && from) {
        Object.assign(own, { username: from.username, password: from.password, hostname: from.hostname, port: from.port });
        if (rest === '') { rest = from.pathname; own.search = search || from.search; } else if (!rest.startsWith('/')) rest = from.pathname.replace(/[^/]*$/, '') + rest;
      }
      own.pathname = this._path(rest, isSpecial || hasHost || rest.startsWith('/'));
      if (search.length > 1) own.search = encoded(search, sets.query); else if (search) own.search = '';
      own.hash = hash.length > 1 ? encoded(hash, sets.hash) : '';
      Object.defineProperty(this, '_', { value: own });
      const params = new URLSearchParams(own.search, () => { const text = params.toString(); own.search = text ? '?' + text : ''; });
      Object.defineProperty(this, 'searchParams', { value: params, enumerable: true });
    }
    _path(text, isList) {
      if (!isList) return encoded(text, /[^\u0000-\u001f\u007f-\u{10ffff}]/u);
      const steps = [];
      const all = text.replace(/^\//, '').split('/');
      all.forEach((step, index) => {
        const isUp = /^(?:\.|%2e){2}$/i.test(step);
        const isHere = /^(?:\.|%2e)$/i.test(step);
        if (isUp) steps.pop();
        if ((isUp || isHere) && index === all.length - 1) steps.push('');
        else if (!isUp && !isHere) steps.push(encoded(step, sets.path));
      });
      return '/' + steps.join('/');
    }
    get host() { return this._.hostname + (this._.port ? ':' + this._.port : ''); }
    get origin() { return this._.protocol in ports && this._.protocol !== 'file:' ? this._.protocol + '//' + this.host : 'null'; }
    get href() {
      const { protocol, username, password, pathname, search, hash } = this._;
      const user = username || password ? username + (password ? ':' + password : '') + '@' : '';
      return protocol + (this._.hostname || protocol === 'file:' ? '//' + user + this.host : '') + pathname + search + hash;
    }
    set href(text) { Object.assign(this._, new URL(text)._); this.searchParams._read(this._.search.slice(1)); }
    get hostname() { return this._.hostname; }
    set hostname(text) { this._.hostname = String(text).toLowerCase(); }
    set host(text) { const [name, port = ''] = String(text).split(':'); this._.hostname = name.toLowerCase(); this.port = port; }
    get port() { return this._.port; }
    set port(text) { this._.port = String(text) === ports[this._.protocol] ? '' : String(text); }
    get protocol() { return this._.protocol; }
    set protocol(text) { this._.protocol = String(text).replace(/:?$/, ':').toLowerCase(); }
    get username() { return this._.username; }
    set username(text) { this._.username = encoded(String(text), sets.user); }
    get password() { return this._.password; }
    set password(text) { this._.password = encoded(String(text), sets.user); }
    get pathname() { return this._.pathname; }
    set pathname(text) { this._.pathname = this._path(String(text), true); }
    get search() { return this._.search; }
    set search(text) { const plain = String(text).replace(/^\?/, ''); this._.search = plain ? '?' + encoded(plain, sets.query) : ''; this.searchParams._read(plain); }
    get hash() { return this._.hash; }
    set hash(text) { const plain = String(text).replace(/^#/, ''); this._.hash = plain ? '#' + encoded(plain, sets.hash) : ''; }
    toString() { return this.href; }
    toJSON() { return this.href; }
    static canParse(text, base) { try { return Boolean(new URL(text, base)); } catch (error) { return false; } }
    static parse(text, base) { try { return new URL(text, base); } catch (error) { return null; } }
  }

  return { URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone: value => structuredClone(value), crypto, Event, EventTarget, AbortController,
    AbortSignal, DOMException, Blob };
});
