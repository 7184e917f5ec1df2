// The classes of `postman-collection` that scripts make requests, lists and variables with.

(function (parts) {
  'use strict';

  const { Scope, PropertyList, ScriptRequest, ScriptResponse, RequestURL, RequestBody, RequestAuth, draftOf, urlParts, urlText, queryPairs,
    lines, replaceIn } = parts;

  class Request extends ScriptRequest {
    constructor(definition) {
      const given = typeof definition === 'string' ? { url: definition } : definition || {};
      super(Object.assign(draftOf(given), { description: given.description }), given.name, given.id);
    }
    toObjectResolved(own, sources) {
      const values = Object.assign({}, ...[].concat(sources || []).reverse().map(each => each && each.toObject ? each.toObject() : each));
      return replaceIn(JSON.parse(JSON.stringify(this._draft())), name => values[name]);
    }
    static isRequest(value) { return value instanceof ScriptRequest; }
  }

  class Property {
    constructor(definition) { Object.assign(this, definition); }
    static replaceSubstitutions(text, ...sources) {
      return replaceIn(String(text), name => { const found = sources.find(each => each && (each.has ? each.has(name) : name in each)); return found && (found.get ? found.get(name) : found[name]); });
    }
    toJSON() { return Object.assign({}, this); }
  }
  class Pair extends Property {
    constructor(pair, value) {
      super(typeof pair === 'string' ? { key: pair, value } : pair);
    }
    valueOf() { return this.value; }
    update(pair) { Object.assign(this, pair); }
  }
  class Header extends Pair {
    constructor(pair, name) {
      super(typeof pair === 'string' && name !== undefined ? { key: name, value: pair } : typeof pair === 'string' ? lines(pair)[0] : pair);
    }
    toString() { return this.key + ': ' + this.value; }
    static parse(text) { return lines(text); }
    static parseSingle(text) { return lines(text)[0] || { key: '', value: '' }; }
    static unparse(headers) { return [].concat(headers.members || headers).map(each => each.key + ': ' + each.value).join('\r\n'); }
    static create(value, name) { return new Header({ key: name, value }); }
    static isHeader(value) { return value instanceof Header; }
  }
  class QueryParam extends Pair {
    constructor(pair) { super(typeof pair === 'string' ? queryPairs(pair)[0] : pair); }
    toString() { return (this.key || '') + (this.value === null || this.value === undefined ? '' : '=' + this.value); }
    static parse(text) { return queryPairs(text); }
    static unparse(pairs) {
      const list = Array.isArray(pairs) ? pairs : pairs.members || Object.keys(pairs).map(key => ({ key, value: pairs[key] }));
      return urlText({ query: list }).slice(1);
    }
  }
  class FormParam extends Pair { toString() { return this.key + '=' + this.value; } }
  class Variable extends Pair {
    get() { return this.value; }
    set(value) { this.value = value; }
    toString() { return String(this.value); }
  }
  class Cookie extends Pair {
    constructor(given) { super(typeof given === 'string' ? Cookie.parse(given) : given); if (this.name === undefined) this.name = this.key; else this.key = this.name; }
    static parse(text) {
      const [pair, ...rest] = String(text).split(/;\s*/);
      const cookie = { name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) };
      for (const part of rest) { const at = part.indexOf('='); cookie[(at < 0 ? part : part.slice(0, at)).toLowerCase()] = at < 0 ? true : part.slice(at + 1); }
      return cookie;
    }
    toString() { return this.name + '=' + this.value; }
  }
  const made = (Type, given) => (typeof given === 'string' ? lines(given) : given && given.members || given || []).map(each => Type ? new Type(each) : each);
  class List extends PropertyList {
    constructor(type, parent, pairs) {
      super(made(type, pairs), type === Header || type === Cookie);
      Object.defineProperty(this, '_pair', { value: (pair, value) => pair instanceof Property || !type ? pair : new type(typeof pair === 'string' && value !== undefined ? { key: pair, value } : pair) });
    }
    static isPropertyList(value) { return value instanceof PropertyList; }
  }
  class HeaderList extends List { constructor(parent, pairs) { super(Header, parent, pairs); } }
  class CookieList extends List { constructor(parent, pairs) { super(Cookie, parent, pairs); } }
  class VariableList extends List { constructor(parent, pairs) { super(Variable, parent, pairs); } }
  class Url extends RequestURL {
    static parse(text) { return urlParts(text); }
    static isUrl(value) { return value instanceof RequestURL; }
  }
  class VariableScope extends Scope {
    constructor(definition) {
      const list = Array.isArray(definition) ? definition : definition && definition.values || [];
      super('detached', (list.members || list).map(each => [each.key, each.value]));
      if (definition && definition.name) this.name = definition.name;
    }
    get values() { return new VariableList(null, this._entries().map(([key, value]) => ({ key, value }))); }
  }
  class Response extends ScriptResponse {
    constructor(given) {
      const { code, status, reason = status, header = [], body = '', responseTime, stream } = given || {};
      const text = stream ? String.fromCharCode(...(stream.data || stream)) : typeof body === 'string' ? body : JSON.stringify(body);
      super({ code, reason, headers: typeof header === 'string' ? lines(header) : header.members || header, text, time: responseTime, size: text.length });
    }
    static isResponse(value) { return value instanceof ScriptResponse; }
  }
  class Item extends Property {
    constructor(definition) { super(definition); if (definition && definition.request) this.request = new Request(definition.request); }
  }
  class ItemGroup extends Property {
    constructor(definition) { super(definition); this.items = new List(null, this, (definition && definition.item || []).map(each => each.item ? new ItemGroup(each) : new Item(each))); }
    forEachItem(action) { this.items.each(each => each instanceof ItemGroup ? each.forEachItem(action) : action(each)); }
  }

  return { Property, PropertyBase: Property, PropertyList: List, Request, RequestBody, RequestAuth, Response, Header, HeaderList, QueryParam, FormParam, Variable,
    VariableList, VariableScope, Cookie, CookieList, Url, Item, ItemGroup, Collection: ItemGroup };
});
