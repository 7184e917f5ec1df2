// What scripts `require`, and the globals that stand for it. Evaluated when the first of them is
// asked for. Libraries that Debian ships come off the shelf of the parent process, which alone reads
// files; the small rest is here.

(function (global, native, door) {
  'use strict';

  // ---- The shelf ----

  const loaded = new Map();

  // A module of the shelf, or undefined where there is none.
  function fromShelf(name, from) {
    const found = native.load(JSON.stringify({ module: name, from: from || '' }));
    if (found === undefined) return undefined;
    const cut = found.indexOf('\n');
    const path = found.slice(0, cut);
    if (loaded.has(path)) return loaded.get(path);
    const module = { exports: {}, id: path, filename: path, loaded: false };
    loaded.set(path, module);
    const source = found.slice(cut + 1);
    const wasLoading = door.isLoading;
    door.isLoading = true;
    try {
      if (path.endsWith('.json')) module.exports = JSON.parse(source);
      else {
        const need = wanted => own(wanted) || (fromShelf(wanted, path) || missing(wanted)).exports;
        const body = new Function('exports', 'require', 'module', '__filename', '__dirname', 'global', 'process', 'Buffer', source);
        const folder = path.slice(0, path.lastIndexOf('/'));
        body.call(module.exports, module.exports, need, module, path, folder, global, process, Buffer);
      }
    } catch (error) { loaded.delete(path); throw error; } finally { door.isLoading = wasLoading; }
    module.loaded = true;
    return module;
  }

  const packages = { cheerio: 'node-cheerio', lodash: 'libjs-lodash', moment: 'libjs-moment',
    'crypto-js': 'libjs-cryptojs' };

  function missing(name) {
    if (name.startsWith('pm:')) throw new Error("the package '" + name.slice(3) + "' is not available; `--packages FOLDER` says where packages are");
    const known = packages[name];
    throw new Error("the module '" + name + "' is not available" + (known ? '; Debian has it in ' + known : ''));
  }

  const process = { env: {}, argv: [], platform: 'linux', version: '', versions: {}, browser: true,
    nextTick: (action, ...words) => { Promise.resolve().then(() => action(...words)); }, cwd: () => '/' };

  // ---- Bytes ----

  const utf8 = {
    encode(text) {
      const bytes = [];
      for (const character of String(text)) {
        let code = character.codePointAt(0);
        if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
        if (code < 0x80) bytes.push(code);
        else if (code < 0x800) bytes.push(code >> 6 | 0xC0, code & 63 | 128);
        else if (code < 0x10000) bytes.push(code >> 12 | 0xE0, code >> 6 & 63 | 128, code & 63 | 128);
        else bytes.push(code >> 18 | 0xF0, code >> 12 & 63 | 128, code >> 6 & 63 | 128, code & 63 | 128);
      }
      return bytes;
    },
    decode(bytes) {
      let text = '';
      for (let index = 0; index < bytes.length;) {
        const first = bytes[index];
        const length = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
        let code = length === 1 ? first : first & (0xFF >> length + 1);
        let isGood = length > 0 && index + length <= bytes.length;
        for (let next = 1; isGood && next < length; next += 1) {
          if (bytes[index + next] >> 6 !== 2) isGood = false;
          code = code << 6 | bytes[index + next] & 63;
        }
        text += isGood && code <= 0x10FFFF ? String.fromCodePoint(code) : '\uFFFD';
        index += isGood ? length : 1;
      }
      return text;
    },
  };

  class Buffer extends Uint8Array {
    static from(value, encoding) {
      if (typeof value === 'string') return Buffer.from(bytesOf(value, encoding));
      if (value && value.type === 'Buffer' && Array.isArray(value.data)) value = value.data;
      if (value instanceof ArrayBuffer) return new Buffer(value);
      const buffer = new Buffer(value.length);
      buffer.set(value);
      return buffer;
    }
    static alloc(size, fill) { const buffer = new Buffer(size); if (fill !== undefined) buffer.fill(typeof fill === 'string' ? fill.charCodeAt(0) : fill); return buffer; }
    static allocUnsafe(size) { return new Buffer(size); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { return ['utf8', 'utf-8', 'hex', 'base64', 'ascii', 'latin1', 'binary', 'base64url'].includes(String(name).toLowerCase()); }
    static byteLength(value, encoding) { return typeof value === 'string' ? bytesOf(value, encoding).length : value.length; }
    static concat(list, total) {
      const bytes = [];
      for (const each of list) bytes.push(...each);
      return Buffer.from(total === undefined ? bytes : bytes.slice(0, total));
    }
    toString(encoding, start, end) {
      const bytes = start === undefined && end === undefined ? this : this.subarray(start || 0, end);
      switch (String(encoding || 'utf8').toLowerCase()) {
        case 'hex': return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
        case 'base64': return global.btoa(String.fromCharCode.apply(null, bytes.length > 8192 ? [] : bytes) || chunks(bytes));
        case 'base64url': return Buffer.from(bytes).toString('base64').replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
        case 'ascii': case 'latin1': case 'binary': return chunks(bytes);
        default: return utf8.decode(bytes);
      }
    }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return this.length === other.length && this.every((byte, index) => byte === other[index]); }
    slice(start, end) { return Buffer.from(this.subarray(start, end)); }
    write(text, offset) { const bytes = bytesOf(text); this.set(bytes.slice(0, this.length - (offset || 0)), offset || 0); return bytes.length; }
    readUInt8(offset) { return this[offset || 0]; }
    readUInt32BE(offset) { const at = offset || 0; return ((this[at] << 24) | (this[at + 1] << 16) | (this[at + 2] << 8) | this[at + 3]) >>> 0; }
  }

  function chunks(bytes) {
    let text = '';
    for (let index = 0; index < bytes.length; index += 1) text += String.fromCharCode(bytes[index]);
    return text;
  }

  function bytesOf(text, encoding) {
    switch (String(encoding || 'utf8').toLowerCase()) {
      case 'hex': return (text.match(/[0-9a-f]{2}/gi) || []).map(pair => parseInt(pair, 16));
      case 'base64': case 'base64url': return Array.from(global.atob(text.replace(/-/g, '+').replace(/_/g, '/')), each => each.charCodeAt(0));
      case 'ascii': case 'latin1': case 'binary': return Array.from(text, each => each.charCodeAt(0) & 255);
      default: return utf8.encode(text);
    }
  }

  // ---- uuid ----

  const randomBytes = count => Array.from({ length: count }, () => Math.floor(Math.random() * 256));

  function uuidText(bytes) {
    const hex = bytes.map(byte => byte.toString(16).padStart(2, '0')).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  function uuid4(options) {
    const bytes = options && options.random ? Array.from(options.random) : randomBytes(16);
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    return uuidText(bytes);
  }

  function uuid1() {
    const bytes = randomBytes(16);
    let time = (Date.now() + 12219292800000) * 10000;
    const parts = [];
    for (let index = 0; index < 8; index += 1) { parts.unshift(time % 256); time = Math.floor(time / 256); }
    [bytes[6], bytes[7], bytes[4], bytes[5], bytes[0], bytes[1], bytes[2], bytes[3]] = parts;
    bytes[6] = bytes[6] & 15 | 16;
    bytes[8] = bytes[8] & 63 | 128;
    return uuidText(bytes);
  }

  const uuidShape = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-0{4}-0{4}-0{4}-0{12})$/i;
  const uuid = Object.assign(options => uuid4(options), {
    v1: uuid1, v4: uuid4, NIL: '00000000-0000-0000-0000-000000000000',
    validate: text => typeof text === 'string' && uuidShape.test(text),
    version: text => parseInt(String(text)[14], 16),
    parse: text => Uint8Array.from(bytesOf(text.replace(/-/g, ''), 'hex')),
    stringify: bytes => uuidText(Array.from(bytes)),
  });

  // ---- XML ----

  const named = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  const unescaped = text => text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name) => {
    if (name[0] !== '#') return named[name] === undefined ? whole : named[name];
    const code = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code <= 0x10FFFF ? String.fromCodePoint(code) : whole;
  });

  // Walks a document and tells of its parts; throws where it is not well-formed.
  function walkXML(text, on) {
    let at = text.charCodeAt(0) === 0xFEFF ? 1 : 0;
    const open = [];
    const fail = (what) => {
      const lines = text.slice(0, at).split('\n');
      throw new Error(what + '\nLine: ' + (lines.length - 1) + '\nColumn: ' + lines[lines.length - 1].length + '\nChar: ' + (text[at] || ''));
    };
    const until = (end, from) => { const found = text.indexOf(end, from); if (found < 0) fail('Unclosed ' + end); return found; };
    while (at < text.length) {
      const next = text.indexOf('<', at);
      const words = text.slice(at, next < 0 ? text.length : next);
      if (words) {
        if (open.length > 0) on.text(unescaped(words), false);
        else if (words.trim()) fail('Non-whitespace before first tag.');
      }
      if (next < 0) break;
      at = next;
      if (text.startsWith('<!--', at)) at = until('-->', at + 4) + 3;
      else if (text.startsWith('<![CDATA[', at)) { const end = until(']]>', at); on.text(text.slice(at + 9, end), true); at = end + 3; }
      else if (text.startsWith('<?', at)) at = until('?>', at) + 2;
      else if (text.startsWith('<!', at)) {
        let depth = 0;
        for (; at < text.length; at += 1) {
          if (text[at] === '[') depth += 1;
          if (text[at] === ']') depth -= 1;
          if (text[at] === '>' && depth === 0) break;
        }
        at += 1;
      } else if (text[at + 1] === '/') {
        const end = until('>', at);
        const name = text.slice(at + 2, end).trim();
        if (open.pop() !== name) fail('Unexpected close tag');
        on.close(name);
        at = end + 1;
      } else {
        const tag = /^<([^\s\/>=]+)((?:\s+[^\s=\/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/.exec(text.slice(at, at + 65536));
        if (!tag) fail('Unencoded <');
        const attributes = [];
        const pair = /([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g;
        for (let found = pair.exec(tag[2]); found; found = pair.exec(tag[2])) attributes.push([found[1], unescaped(found[2].slice(1, -1))]);
        on.open(tag[1], attributes);
        if (tag[3]) on.close(tag[1]); else open.push(tag[1]);
        at += tag[0].length;
      }
    }
    if (open.length > 0) fail('Unclosed root tag');
  }

  const standardXML = { explicitCharkey: false, trim: false, normalize: false, normalizeTags: false, attrkey: '$', charkey: '_',
    explicitArray: true, ignoreAttrs: false, mergeAttrs: false, explicitRoot: true, emptyTag: '', explicitChildren: false,
    preserveChildrenOrder: false, charsAsChildren: false, includeWhiteChars: false, async: false, strict: true };

  function parseXML(text, given) {
    const options = Object.assign({}, standardXML, given);
    const apply = (list, ...words) => (list || []).reduce((value, step) => step(value, ...words.slice(1)), words[0]);
    const stack = [];
    let root;
    const put = (holder, name, value) => {
      if (!(name in holder)) holder[name] = options.explicitArray ? [value] : value;
      else {
        if (!Array.isArray(holder[name])) holder[name] = [holder[name]];
        holder[name].push(value);
      }
    };
    walkXML(text, {
      open(name, attributes) {
        const node = { value: {}, text: '', name: apply(options.tagNameProcessors, options.normalizeTags ? name.toLowerCase() : name) };
        if (!options.ignoreAttrs) {
          for (const [key, raw] of attributes) {
            const value = apply(options.attrValueProcessors, raw, key);
            const label = apply(options.attrNameProcessors, key);
            if (options.mergeAttrs) put(node.value, label, value);
            else (node.value[options.attrkey] = node.value[options.attrkey] || {})[label] = value;
          }
        }
        stack.push(node);
      },
      text(words, isRaw) {
        const node = stack[stack.length - 1];
        node.text += words;
        if (isRaw) node.isRaw = true;
      },
      close() {
        const node = stack.pop();
        let words = node.text;
        const isBlank = /^\s*$/.test(words) && !node.isRaw;
        if (options.trim) words = words.trim();
        if (options.normalize) words = words.replace(/\s{2,}/g, ' ').trim();
        words = apply(options.valueProcessors, words, node.name);
        let value = node.value;
        if (isBlank && !options.includeWhiteChars) words = '';
        if (words !== '') {
          if (Object.keys(value).length === 0 && !options.explicitCharkey) value = words;
          else value[options.charkey] = words;
        }
        if (typeof value === 'object' && Object.keys(value).length === 0) value = typeof options.emptyTag === 'function' ? options.emptyTag() : options.emptyTag;
        if (stack.length > 0) put(stack[stack.length - 1].value, node.name, value);
        else root = options.explicitRoot ? { [node.name]: value } : value;
      },
    });
    return root === undefined ? null : root;
  }

  const xmlEscaped = text => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

  function buildXML(value, options) {
    const settings = Object.assign({ rootName: 'root', attrkey: '$', charkey: '_', headless: false }, options);
    const element = (name, value, indent) => {
      if (Array.isArray(value)) return value.map(each => element(name, each, indent)).join('');
      if (value === null || typeof value !== 'object') {
        const words = value === null || value === undefined ? '' : xmlEscaped(value);
        return indent + (words ? '<' + name + '>' + words + '</' + name + '>' : '<' + name + '/>') + '\n';
      }
      let head = name;
      let inside = '';
      for (const key of Object.keys(value)) {
        if (key === settings.attrkey) for (const each of Object.keys(value[key])) head += ' ' + each + '="' + xmlEscaped(value[key][each]) + '"';
        else if (key !== settings.charkey) inside += element(key, value[key], indent + '  ');
      }
      const words = value[settings.charkey] === undefined ? '' : xmlEscaped(value[settings.charkey]);
      if (!inside && !words) return indent + '<' + head + '/>\n';
      if (!inside) return indent + '<' + head + '>' + words + '</' + name + '>\n';
      return indent + '<' + head + '>' + words + '\n' + inside + indent + '</' + name + '>\n';
    };
    const keys = Object.keys(value);
    const isRoot = keys.length === 1 && settings.rootName === 'root' && !Array.isArray(value[keys[0]]);
    const text = isRoot ? element(keys[0], value[keys[0]], '') : element(settings.rootName, value, '');
    return (settings.headless ? '' : '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n') + text.trimEnd();
  }

  const firstPart = name => name.replace(/^[^:]+:/, '');
  const xml2js = {
    parseString(text, options, callback) {
      if (typeof options === 'function') { callback = options; options = {}; }
      let result;
      try { result = parseXML(String(text), options); } catch (error) { if (callback) return callback(error, undefined); throw error; }
      return callback ? callback(null, result) : result;
    },
    parseStringPromise: (text, options) => new Promise((resolve, reject) => xml2js.parseString(text, options || {}, (error, result) => error ? reject(error) : resolve(result))),
    Parser: class {
      constructor(options) { this.options = options || {}; }
      parseString(text, callback) { return xml2js.parseString(text, this.options, callback); }
      parseStringPromise(text) { return xml2js.parseStringPromise(text, this.options); }
    },
    Builder: class {
      constructor(options) { this.options = options || {}; }
      buildObject(value) { return buildXML(value, this.options); }
    },
    defaults: { '0.1': standardXML, '0.2': standardXML },
    processors: { stripPrefix: firstPart, normalize: text => text.toLowerCase(), firstCharLowerCase: text => text.charAt(0).toLowerCase() + text.slice(1),
      parseNumbers: text => isNaN(text) || text === '' ? text : Number(text),
      parseBooleans: text => /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text },
  };

  // ---- CSV ----

  function parseCSV(text, options) {
    const settings = Object.assign({ delimiter: ',', quote: '"', columns: false, trim: false, skip_empty_lines: false }, options);
    const rows = [];
    let row = [], field = '', isQuoted = false, wasQuoted = false;
    const endField = () => { row.push(settings.trim && !wasQuoted ? field.trim() : field); field = ''; wasQuoted = false; };
    const endRow = () => { endField(); if (!(settings.skip_empty_lines && row.length === 1 && row[0] === '')) rows.push(row); row = []; };
    text = String(text).replace(/^\uFEFF/, '');
    for (let index = 0; index < text.length; index += 1) {
      const each = text[index];
      if (isQuoted) {
        if (each !== settings.quote) field += each;
        else if (text[index + 1] === settings.quote) { field += each; index += 1; } else isQuoted = false;
      } else if (each === settings.quote && field === '') { isQuoted = true; wasQuoted = true; }
      else if (text.startsWith(settings.delimiter, index)) { endField(); index += settings.delimiter.length - 1; }
      else if (each === '\n') endRow();
      else if (each !== '\r' || text[index + 1] !== '\n') field += each;
    }
    if (field !== '' || row.length > 0) endRow();
    if (!settings.columns) return rows;
    const names = Array.isArray(settings.columns) ? settings.columns : rows.shift() || [];
    const labels = typeof settings.columns === 'function' ? settings.columns(names) : names;
    return rows.map(each => Object.fromEntries(labels.map((name, index) => [name, each[index]])));
  }

  // ---- Small modules of Node ----

  const pathModule = {
    sep: '/', delimiter: ':',
    normalize(path) {
      const parts = [];
      for (const part of path.split('/')) {
        if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
        else if (part !== '' && part !== '.') parts.push(part);
      }
      return (path.startsWith('/') ? '/' : '') + parts.join('/') || '.';
    },
    join: (...parts) => pathModule.normalize(parts.filter(Boolean).join('/')),
    resolve: (...parts) => pathModule.normalize('/' + parts.reverse().reduce((path, part) => path.startsWith('/') ? path : part + '/' + path, '')),
    dirname: path => path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || (path.startsWith('/') ? '/' : '.'),
    basename: (path, ending) => { const name = path.slice(path.lastIndexOf('/') + 1); return ending && name.endsWith(ending) ? name.slice(0, -ending.length) : name; },
    extname: path => (/\.[^./]*$/.exec(path.replace(/^.*\//, '').replace(/^\./, '')) || [''])[0],
    isAbsolute: path => path.startsWith('/'),
  };

  const querystring = {
    parse(text, separator, equals) {
      const result = {};
      for (const part of String(text).split(separator || '&').filter(Boolean)) {
        const at = part.indexOf(equals || '=');
        const plain = each => { try { return decodeURIComponent(each.replace(/\+/g, ' ')); } catch (error) { return each; } };
        const name = plain(at < 0 ? part : part.slice(0, at));
        const value = at < 0 ? '' : plain(part.slice(at + 1));
        result[name] = name in result ? [].concat(result[name], value) : value;
      }
      return result;
    },
    stringify: (object, separator, equals) => Object.keys(object || {}).map(name => [].concat(object[name])
      .map(value => encodeURIComponent(name) + (equals || '=') + encodeURIComponent(value)).join(separator || '&')).join(separator || '&'),
    escape: encodeURIComponent, unescape: decodeURIComponent,
  };
  querystring.decode = querystring.parse;
  querystring.encode = querystring.stringify;

  const urlModule = {
    parse(text, parsesQuery) {
      const found = /^(?:([a-z][a-z0-9+.-]*:))?(\/\/)?(?:([^/?#@]*)@)?((?:\[[^\]]*\]|[^/?#:]*))(?::(\d+))?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(String(text)) || [];
      const hasHost = Boolean(found[2]);
      const path = (hasHost ? '' : found[4] || '') + (found[6] || '') || (hasHost ? '/' : null);
      return { protocol: found[1] || null, slashes: hasHost || null, auth: found[3] || null,
        host: hasHost ? found[4].toLowerCase() + (found[5] ? ':' + found[5] : '') : null, port: found[5] || null,
        hostname: hasHost ? found[4].toLowerCase() : null, hash: found[8] || null, search: found[7] || null,
        query: parsesQuery ? querystring.parse((found[7] || '').slice(1)) : found[7] ? found[7].slice(1) : null,
        pathname: path, path: (path || '') + (found[7] || '') || null, href: String(text) };
    },
    format: url => (url.protocol || '') + (url.protocol || url.slashes ? '//' : '') + (url.auth ? url.auth + '@' : '')
      + (url.host || (url.hostname || '') + (url.port ? ':' + url.port : '')) + (url.pathname || '') + (url.search || '') + (url.hash || ''),
    resolve: (base, target) => /^[a-z]+:/i.test(target) ? target
      : target.startsWith('/') ? urlModule.format(Object.assign(urlModule.parse(base), { pathname: target, search: '', hash: '' }))
      : base.replace(/[?#].*$/, '').replace(/[^/]*$/, '') + target,
  };

  class EventEmitter {
    constructor() { Object.defineProperty(this, '_listeners', { value: {}, writable: true }); }
    on(name, action) { const all = this._listeners || (this._listeners = {}); (all[name] = all[name] || []).push(action); return this; }
    once(name, action) { const once = (...words) => { this.removeListener(name, once); action.apply(this, words); }; return this.on(name, once); }
    removeListener(name, action) { const all = this._listeners || {}; all[name] = (all[name] || []).filter(each => each !== action); return this; }
    removeAllListeners(name) { if (name === undefined) this._listeners = {}; else if (this._listeners) delete this._listeners[name]; return this; }
    emit(name, ...words) { const list = (this._listeners || {})[name] || []; list.slice().forEach(each => each.apply(this, words)); return list.length > 0; }
    listeners(name) { return ((this._listeners || {})[name] || []).slice(); }
  }
  EventEmitter.prototype.addListener = EventEmitter.prototype.on;
  EventEmitter.prototype.off = EventEmitter.prototype.removeListener;
  EventEmitter.EventEmitter = EventEmitter;

  const util = {
    inspect: value => door.display(value, 1),
    format: (text, ...words) => {
      let rest = words;
      const filled = String(text).replace(/%[sdifjoO%]/g, mark => {
        if (mark === '%%') return '%';
        if (rest.length === 0) return mark;
        const [value, ...others] = rest;
        rest = others;
        return mark === '%j' ? JSON.stringify(value) : mark === '%s' ? String(value) : 'dif'.includes(mark[1]) ? String(Number(value)) : door.display(value, 1);
      });
      return [filled, ...rest.map(each => door.display(each))].join(' ');
    },
    inherits(child, parent) { child.super_ = parent; Object.setPrototypeOf(child.prototype, parent.prototype); },
    promisify: action => (...words) => new Promise((resolve, reject) => action(...words, (error, value) => error ? reject(error) : resolve(value))),
    isArray: Array.isArray, isDeepStrictEqual: (one, other) => door.vocabulary.deepEqual(one, other),
    types: {},
  };

  // Node's `assert` has chai's names for the most part, and a few of its own.
  function nodeAssert() {
    const { assert, AssertionError } = makeChai();
    const own = (value, message) => assert.ok(value, message);
    return Object.assign(own, assert, { AssertionError, strict: own, deepEqual: assert.deepEqual, notDeepStrictEqual: assert.notDeepEqual,
      rejects: (work, message) => Promise.resolve(typeof work === 'function' ? work() : work).then(() => assert.fail(message || 'Missing expected rejection.'), () => {}) });
  }
  let chai;
  const makeChai = () => chai || (chai = native.part('assert')(door.vocabulary));

  // ---- What has a place of its own ----

  const makers = {
    chai: makeChai,
    atob: () => global.atob, btoa: () => global.btoa, assert: nodeAssert,
    buffer: () => ({ Buffer, SlowBuffer: Buffer, kMaxLength: 0x7fffffff }),
    uuid: () => uuid, xml2js: () => xml2js, 'csv-parse/lib/sync': () => parseCSV,
    path: () => pathModule, querystring: () => querystring, url: () => urlModule, util: () => util, events: () => EventEmitter,
    timers: () => ({ setTimeout: global.setTimeout, setInterval: global.setInterval, setImmediate: global.setImmediate,
      clearTimeout: global.clearTimeout, clearInterval: global.clearInterval, clearImmediate: global.clearImmediate }),
    punycode: () => ({ toASCII: text => text, toUnicode: text => text }),
    string_decoder: () => ({ StringDecoder: class { write(buffer) { return Buffer.from(buffer).toString(); } end() { return ''; } } }),
    stream: () => ({ Stream: EventEmitter, Readable: EventEmitter, Writable: EventEmitter, Transform: EventEmitter }),
    os: () => ({ EOL: '\n', platform: () => 'linux' }),
    fs: () => ({}),
    'postman-collection': door.sdk, tv4: () => door.schema().tv4,
  };
  const made = new Map();

  function own(name) {
    if (made.has(name)) return made.get(name);
    if (!Object.prototype.hasOwnProperty.call(makers, name)) return undefined;
    const value = makers[name]();
    made.set(name, value);
    return value;
  }

  function need(name) {
    if (typeof name !== 'string') throw new TypeError('the name of a module is a text');
    // Where the system has no ajv, ours stands in for it.
    return own(name) || (fromShelf(name, '') || name === 'ajv' && { exports: door.schema().Ajv } || missing(name)).exports;
  }

  // The names that lodash had when the global was made, beside those that it has today.
  function oldLodash() {
    const today = need('lodash');
    door.isLoading = true;
    const lodash = today.runInContext();
    door.isLoading = false;
    const old = { contains: 'includes', include: 'includes', pluck: 'map', collect: 'map', where: 'filter', select: 'filter',
      findWhere: 'find', detect: 'find', any: 'some', all: 'every', foldl: 'reduce', inject: 'reduce', foldr: 'reduceRight',
      unique: 'uniq', rest: 'tail', object: 'zipObject', pairs: 'toPairs', methods: 'functions', trunc: 'truncate',
      padLeft: 'padStart', padRight: 'padEnd', trimLeft: 'trimStart', trimRight: 'trimEnd', indexBy: 'keyBy', callback: 'iteratee' };
    const added = {};
    for (const name of Object.keys(old)) if (name === 'rest' || !lodash[name]) added[name] = lodash[old[name]];
    lodash.mixin(added);
    return lodash;
  }

  function xml2Json(text) {
    let result = {};
    try { result = parseXML(String(text), { explicitArray: false, trim: true, mergeAttrs: false }); } catch (error) { result = undefined; }
    return result;
  }

  const globals = {
    _: oldLodash, CryptoJS: () => need('crypto-js'), cheerio: () => need('cheerio'), tv4: () => need('tv4'),
    Backbone: () => need('backbone'), Buffer: () => Buffer, xml2Json: () => xml2Json,
  };

  return { need, named: name => globals[name]() };
});
