// JSON Schema for scripts: the drafts 4, 6 and 7 behind the doors of ajv 6 and of tv4, with the
// sentences that each of them has.

(function () {
  'use strict';

  // ---- References ----

  // A reference against a base (RFC 3986, section 5.2), as far as names of schemas need it.
  function resolve(base, target) {
    const parts = text => /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text);
    const [, scheme, host, path, query = '', hash = ''] = parts(target);
    if (scheme) return target;
    const [, ownScheme, ownHost, ownPath, ownQuery = ''] = parts(base);
    const head = (ownScheme ? ownScheme + ':' : '') + (ownHost === undefined ? '' : '//' + ownHost);
    if (host !== undefined) return (ownScheme ? ownScheme + ':' : '') + target;
    if (path === '') return head + ownPath + (query || ownQuery) + hash;
    const whole = path[0] === '/' ? path : ownHost !== undefined && ownPath === '' ? '/' + path : ownPath.replace(/[^/]*$/, '') + path;
    const steps = [];
    for (const step of whole.split('/')) {
      if (step === '..') { if (steps.length > 1 || steps[0] !== '') steps.pop(); } else if (step !== '.') steps.push(step);
    }
    if (/\/\.{1,2}$/.test(whole)) steps.push('');
    return head + steps.join('/') + query + hash;
  }
  const fragment = name => encodeURIComponent(name.replace(/~/g, '~0').replace(/\//g, '~1'));
  const bare = uri => uri.replace(/#$/, '');
  const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);

  // Where schemas stand under a schema: one, a list, or a map of them.
  const places = { additionalItems: 1, additionalProperties: 1, contains: 1, not: 1, propertyNames: 1, if: 1, then: 1, else: 1,
    items: 2, allOf: 2, anyOf: 2, oneOf: 2, definitions: 3, $defs: 3, properties: 3, patternProperties: 3, dependencies: 3 };

  // A set of documents, each schema of which is known by its names.
  class Shelf {
    constructor() { this.named = new Map(); this.bases = new Map(); }
    add(schema, uri) {
      const root = bare(uri || '');
      this.named.set(root, schema);
      this._walk(schema, root);
    }
    _walk(schema, base) {
      if (!isObject(schema) || this.bases.has(schema)) return;
      // Beside a reference nothing else counts.
      const id = typeof schema.$ref === 'string' ? undefined : typeof schema.$id === 'string' ? schema.$id : typeof schema.id === 'string' ? schema.id : undefined;
      if (id !== undefined) {
        const full = bare(resolve(base, id));
        if (!this.named.has(full) || id[0] !== '#') this.named.set(full, schema);
        if (id[0] !== '#') base = full.replace(/#.*$/, '');
      }
      this.bases.set(schema, base);
      for (const name of Object.keys(schema)) {
        const value = schema[name];
        if (places[name] === 3) { if (isObject(value)) for (const key of Object.keys(value)) this._walk(value[key], base); }
        else if (places[name]) for (const each of [].concat(value)) this._walk(each, base);
      }
    }
    // The schema that a reference leads to; undefined where there is none.
    find(reference, from) {
      const full = bare(resolve(this.bases.get(from) || '', reference));
      if (this.named.has(full)) return { schema: this.named.get(full), uri: full };
      const cut = full.indexOf('#');
      if (cut < 0) return undefined;
      let found = this.named.get(full.slice(0, cut));
      if (found === undefined) return undefined;
      let base = this.bases.get(found) || full.slice(0, cut);
      let pointer;
      try { pointer = decodeURIComponent(full.slice(cut + 1)); } catch (error) { return undefined; }
      if (pointer[0] !== '/') return undefined;
      for (const step of pointer.slice(1).split('/')) {
        const name = step.replace(/~1/g, '/').replace(/~0/g, '~');
        if (found === null || typeof found !== 'object' || !Object.prototype.hasOwnProperty.call(found, name)) return undefined;
        found = found[name];
        if (isObject(found)) base = this.bases.get(found) || base;
      }
      this._walk(found, base);
      return { schema: found, uri: full };
    }
  }

  // ---- Formats, as loosely as ajv has them ----

  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  const day = '\\d{4}-[01]\\d-[0-3]\\d';
  const time = '(?:[0-2]\\d:[0-5]\\d:[0-5]\\d|23:59:60)(?:\\.\\d+)?';
  const byte = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
  const six = text => {
    const parts = text.split('%')[0].split('::');
    if (parts.length > 2 || text.includes('%') && !/%[^\s]+$/.test(text)) return false;
    const groups = parts.map(part => part === '' ? [] : part.split(':'));
    const last = groups[groups.length - 1];
    const isFour = last.length > 0 && last[last.length - 1].includes('.');
    if (isFour && !formats.ipv4.test(last.pop())) return false;
    const count = groups.reduce((sum, group) => sum + group.length, isFour ? 2 : 0);
    return groups.every(group => group.every(each => /^[0-9a-f]{1,4}$/i.test(each))) && (parts.length === 2 ? count < 8 : count === 8);
  };
  const formats = {
    date: new RegExp('^' + day + '$'), time: new RegExp('^' + time + '(?:z|[+-]\\d\\d(?::?\\d\\d)?)?$', 'i'),
    'date-time': new RegExp('^' + day + '[t\\s]' + time + '(?:z|[+-]\\d\\d(?::?\\d\\d)?)$', 'i'),
    uri: /^[a-z][a-z0-9+.-]*:(?:\/?\/)?[^\s]*$/i, 'uri-reference': /^(?:(?:[a-z][a-z0-9+.-]*:)?\/?\/)?(?:[^\\\s#][^\s#]*)?(?:#[^\\\s]*)?$/i,
    'uri-template': /^(?:[^{}\s"'<>\\^`|]|\{[+#./;?&=,!@|]?[\w.%]+(?::[1-9]\d{0,3}|\*)?(?:,[\w.%]+(?::[1-9]\d{0,3}|\*)?)*\})*$/i,
    url: /^(?:https?|ftp):\/\/[^\s/?#]+\.?[^\s]*$/i,
    email: new RegExp("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@" + label + '(?:\\.' + label + ')*$', 'i'),
    hostname: new RegExp('^' + label + '(?:\\.' + label + ')*$', 'i'), ipv4: new RegExp('^' + byte + '(?:\\.' + byte + '){3}$'),
    ipv6: six, regex: text => { if (/[^\\]\\Z/.test(text)) return false; try { new RegExp(text); return true; } catch (error) { return false; } },
    uuid: /^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'json-pointer': /^(?:\/(?:[^~/]|~0|~1)*)*$/,
    'json-pointer-uri-fragment': /^#(?:\/(?:[\w.!$&'()*+,;:=@-]|%[0-9a-f]{2}|~0|~1)*)*$/i,
    'relative-json-pointer': /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/,
  };

  // ---- Comparing ----

  function same(one, other) {
    if (one === other || one !== one && other !== other) return true;
    if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object' || Array.isArray(one) !== Array.isArray(other)) return false;
    if (Array.isArray(one)) return one.length === other.length && one.every((each, index) => same(each, other[index]));
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every(name => Object.prototype.hasOwnProperty.call(other, name) && same(one[name], other[name]));
  }
  const is = {
    null: value => value === null, boolean: value => typeof value === 'boolean', string: value => typeof value === 'string', object: isObject,
    array: value => Array.isArray(value), number: value => typeof value === 'number' && isFinite(value),
    integer: value => typeof value === 'number' && isFinite(value) && value % 1 === 0,
  };
  const length = text => { let count = 0; for (const character of text) count += character ? 1 : 0; return count; };
  function isMultiple(value, of) {
    const quotient = value / of;
    return Number.isInteger(quotient) || Number.isFinite(quotient) && Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient)) && of % 1 !== 0;
  }
  const patterns = new Map();
  function pattern(text) {
    if (!patterns.has(text)) {
      let made;
      try { made = new RegExp(text, 'u'); } catch (error) { made = new RegExp(text); }
      patterns.set(text, made);
    }
    return patterns.get(text);
  }

  // Whether a schema has references in it.
  const known = new WeakMap();
  function refers(schema) {
    if (schema === null || typeof schema !== 'object') return false;
    if (!known.has(schema)) {
      known.set(schema, true);
      known.set(schema, Object.keys(schema).some(name => name === '$ref' || refers(schema[name])));
    }
    return known.get(schema);
  }

  // ---- Judging ----

  // One judgement. Errors are told by keyword and facts; the doors put them into words.
  class Judgement {
    constructor(shelf, options) {
      Object.assign(this, { shelf, options, errors: [], depth: 0, missing: [] });
    }
    add(keyword, at, path, params, schema, extra) {
      this.errors.push(Object.assign({ keyword, at, path: path + '/' + keyword, params, schema }, extra));
      return false;
    }
    // Whether a part holds, with its errors kept aside.
    quietly(schema, data, at, path) {
      const before = this.errors;
      this.errors = [];
      const holds = this.judge(schema, data, at, path);
      const found = this.errors;
      this.errors = before;
      return { holds, found };
    }

    judge(schema, data, at, path) {
      if (schema === true) return true;
      if (schema === false) return this.add('false schema', at, path, {}, false);
      if (!isObject(schema)) throw new Error('schema should be object or boolean');
      if (this.depth > 400) throw new Error('the schema refers to itself without end, or the data is too deep');
      this.depth += 1;
      try {
        if (typeof schema.$ref === 'string') return this.follow(schema, data, at, path);
        let holds = true;
        for (const rule of rules) {
          if (!holds && !this.options.allErrors) return false;
          if (rule.names.some(name => schema[name] !== undefined) && !rule.test(this, schema, data, at, path)) holds = false;
        }
        for (const [name, rule] of this.options.keywords || []) {
          if (!holds && !this.options.allErrors) return false;
          if (schema[name] !== undefined && !rule(this, schema[name], data, at, path, schema)) holds = false;
        }
        return holds;
      } finally { this.depth -= 1; }
    }
    follow(schema, data, at, path) {
      let target = this.shelf.find(schema.$ref, schema);
      for (let hops = 0; target && hops < 100 && isObject(target.schema) && typeof target.schema.$ref === 'string'; hops += 1) {
        target = this.shelf.find(target.schema.$ref, target.schema);
      }
      if (!target) {
        if (this.options.isLenient) { this.missing.push(schema.$ref); return true; }
        throw Object.assign(new Error("can't resolve reference " + schema.$ref + ' from id ' + (this.shelf.bases.get(schema) || '#')), { missingRef: schema.$ref });
      }
      // As ajv has it: what refers on is compiled by itself, and begins its own path.
      return this.judge(target.schema, data, at, schema.$ref === '#' || refers(target.schema) ? '#' : schema.$ref);
    }
  }

  const rules = [];
  // A rule for values of one kind; all kinds where none is named.
  function rule(names, kind, test) { rules.push({ names: names.split(' '), test: (judgement, schema, data, ...rest) => kind && !is[kind](data) || test(judgement, schema, data, ...rest) }); }
  const every = (judgement, list, test) => {
    let holds = true;
    for (let index = 0; index < list.length; index += 1) {
      if (!test(list[index], index)) { holds = false; if (!judgement.options.allErrors) break; }
    }
    return holds;
  };

  rule('type', null, (judgement, schema, data, at, path) => {
    const types = [].concat(schema.type);
    if (types.some(type => is[type] && is[type](data)) || judgement.options.nullable && schema.nullable === true && data === null) return true;
    return judgement.add('type', at, path, { type: types.join(',') }, schema.type, { data });
  });
  const simple = (name, kind, test, params) => rule(name, kind, (judgement, schema, data, at, path) => test(data, schema[name], schema)
    || judgement.add(name, at, path, params(schema[name], data), schema[name], { data }));
  simple('const', null, (data, wanted) => same(data, wanted), wanted => ({ allowedValue: wanted }));
  simple('enum', null, (data, list) => list.some(each => same(each, data)), list => ({ allowedValues: list }));
  for (const [name, other, mark, test] of [['maximum', 'exclusiveMaximum', '<', (a, b) => a <= b], ['minimum', 'exclusiveMinimum', '>', (a, b) => a >= b]]) {
    // In draft 4 the second is a flag of the first.
    rule(name, 'number', (judgement, schema, data, at, path) => {
      const isExclusive = schema[other] === true;
      if (isExclusive ? test(data, schema[name]) && data !== schema[name] : test(data, schema[name])) return true;
      return judgement.add(isExclusive ? other : name, at, path, { comparison: isExclusive ? mark : mark + '=', limit: schema[name], exclusive: isExclusive }, schema[name], { data });
    });
    rule(other, 'number', (judgement, schema, data, at, path) => typeof schema[other] === 'boolean' || test(data, schema[other]) && data !== schema[other]
      || judgement.add(other, at, path, { comparison: mark, limit: schema[other], exclusive: true }, schema[other], { data }));
  }
  simple('multipleOf', 'number', (data, of) => isMultiple(data, of), of => ({ multipleOf: of }));
  simple('maxLength', 'string', (data, limit) => data.length <= limit || length(data) <= limit, limit => ({ limit }));
  simple('minLength', 'string', (data, limit) => length(data) >= limit, limit => ({ limit }));
  simple('pattern', 'string', (data, text) => pattern(text).test(data), text => ({ pattern: text }));
  rule('format', null, (judgement, schema, data, at, path) => {
    if (judgement.options.format === false) return true;
    let format = judgement.options.formats.get(schema.format);
    if (format === undefined) return true;
    const kind = format.type || 'string';
    if (typeof data !== kind) return true;
    if (format.validate) format = format.validate;
    return (typeof format === 'function' ? format(data) : format.test(data)) || judgement.add('format', at, path, { format: schema.format }, schema.format);
  });
  simple('maxItems', 'array', (data, limit) => data.length <= limit, limit => ({ limit }));
  simple('minItems', 'array', (data, limit) => data.length >= limit, limit => ({ limit }));
  rule('uniqueItems', 'array', (judgement, schema, data, at, path) => {
    if (schema.uniqueItems !== true || judgement.options.uniqueItems === false) return true;
    for (let i = data.length - 1; i > 0; i -= 1) {
      for (let j = i - 1; j >= 0; j -= 1) if (same(data[i], data[j])) return judgement.add('uniqueItems', at, path, { i, j }, true);
    }
    return true;
  });
  rule('items', 'array', (judgement, schema, data, at, path) => {
    const { items, additionalItems: rest } = schema;
    if (!Array.isArray(items)) return every(judgement, data, (each, index) => judgement.judge(items, each, at.concat(index), path + '/items'));
    if (rest === false && data.length > items.length && !judgement.add('additionalItems', at, path, { limit: items.length }, false) && !judgement.options.allErrors) return false;
    const isShort = rest !== false || data.length <= items.length;
    return every(judgement, data, (each, index) => index < items.length ? judgement.judge(items[index], each, at.concat(index), path + '/items/' + index)
      : rest === undefined || rest === false || judgement.judge(rest, each, at.concat(index), path + '/additionalItems')) && isShort;
  });
  rule('contains', 'array', (judgement, schema, data, at, path) => {
    const tried = data.map((each, index) => judgement.quietly(schema.contains, each, at.concat(index), path + '/contains'));
    if (tried.some(each => each.holds)) return true;
    for (const each of tried) judgement.errors.push(...each.found);
    return judgement.add('contains', at, path, {}, schema.contains);
  });
  const own = (data, name) => Object.prototype.hasOwnProperty.call(data, name) && data[name] !== undefined;
  simple('maxProperties', 'object', (data, limit) => Object.keys(data).length <= limit, limit => ({ limit }));
  simple('minProperties', 'object', (data, limit) => Object.keys(data).length >= limit, limit => ({ limit }));
  rule('required', 'object', (judgement, schema, data, at, path) => !Array.isArray(schema.required) || every(judgement, schema.required, name => own(data, name)
    || judgement.add('required', at, path, { missingProperty: name }, schema.required)));
  rule('properties patternProperties additionalProperties', 'object', (judgement, schema, data, at, path) => {
    const { properties = {}, patternProperties = {}, additionalProperties: rest } = schema;
    const texts = Object.keys(patternProperties);
    const isExtra = name => !Object.prototype.hasOwnProperty.call(properties, name) && !texts.some(text => pattern(text).test(name));
    let holds = true;
    const part = test => { if ((holds || judgement.options.allErrors) && !test()) holds = false; };
    if (rest !== undefined && rest !== true) {
      part(() => every(judgement, Object.keys(data).filter(isExtra), name => rest === false ? judgement.add('additionalProperties', at, path, { additionalProperty: name }, false)
        : judgement.judge(rest, data[name], at.concat({ name }), path + '/additionalProperties')));
    }
    part(() => every(judgement, Object.keys(properties), name => !own(data, name)
      || judgement.judge(properties[name], data[name], at.concat(name), path + '/properties/' + fragment(name))));
    part(() => every(judgement, texts, text => every(judgement, Object.keys(data).filter(name => pattern(text).test(name)),
      name => judgement.judge(patternProperties[text], data[name], at.concat({ name }), path + '/patternProperties/' + fragment(text)))));
    return holds;
  });
  rule('propertyNames', 'object', (judgement, schema, data, at, path) => every(judgement, Object.keys(data), name => {
    const { holds, found } = judgement.quietly(schema.propertyNames, name, at, path + '/propertyNames');
    if (holds) return true;
    judgement.errors.push(...found.map(each => Object.assign(each, { propertyName: name })));
    return judgement.add('propertyNames', at, path, { propertyName: name }, schema.propertyNames);
  }));
  rule('dependencies', 'object', (judgement, schema, data, at, path) => every(judgement, Object.keys(schema.dependencies), name => {
    const needs = schema.dependencies[name];
    if (!own(data, name)) return true;
    if (!Array.isArray(needs) && typeof needs !== 'string') return judgement.judge(needs, data, at, path + '/dependencies/' + fragment(name));
    const all = [].concat(needs);
    return every(judgement, all, each => own(data, each) || judgement.add('dependencies', at, path,
      { property: name, missingProperty: each, depsCount: all.length, deps: all.join(', ') }, schema.dependencies));
  }));
  rule('not', null, (judgement, schema, data, at, path) => !judgement.quietly(schema.not, data, at, path + '/not').holds
    || judgement.add('not', at, path, {}, schema.not));
  rule('anyOf', null, (judgement, schema, data, at, path) => {
    const tried = [];
    for (let index = 0; index < schema.anyOf.length; index += 1) {
      const each = judgement.quietly(schema.anyOf[index], data, at, path + '/anyOf/' + index);
      if (each.holds) return true;
      tried.push(...each.found);
    }
    judgement.errors.push(...tried);
    return judgement.add('anyOf', at, path, {}, schema.anyOf);
  });
  rule('oneOf', null, (judgement, schema, data, at, path) => {
    const tried = schema.oneOf.map((each, index) => judgement.quietly(each, data, at, path + '/oneOf/' + index));
    const passing = tried.map((each, index) => each.holds ? index : -1).filter(index => index >= 0);
    if (passing.length === 1) return true;
    for (const each of tried) judgement.errors.push(...each.found);
    return judgement.add('oneOf', at, path, { passingSchemas: passing.length ? passing.slice(0, 2) : null }, schema.oneOf);
  });
  rule('allOf', null, (judgement, schema, data, at, path) => every(judgement, schema.allOf, (each, index) => judgement.judge(each, data, at, path + '/allOf/' + index)));
  rule('if', null, (judgement, schema, data, at, path) => {
    const branch = judgement.quietly(schema.if, data, at, path + '/if').holds ? 'then' : 'else';
    if (schema[branch] === undefined || judgement.judge(schema[branch], data, at, path + '/' + branch)) return true;
    return judgement.add('if', at, path, { failingKeyword: branch }, schema[branch]);
  });

  // ---- Ajv 6 ----

  const sentences = {
    'false schema': () => 'boolean schema is false', type: ({ params }) => 'should be ' + params.type, const: () => 'should be equal to constant',
    enum: () => 'should be equal to one of the allowed values', multipleOf: ({ params }) => 'should be multiple of ' + params.multipleOf,
    maxLength: ({ params }) => 'should NOT be longer than ' + params.limit + ' characters', minLength: ({ params }) => 'should NOT be shorter than ' + params.limit + ' characters',
    pattern: ({ params }) => 'should match pattern "' + params.pattern + '"', format: ({ params }) => 'should match format "' + params.format + '"',
    maxItems: ({ params }) => 'should NOT have more than ' + params.limit + ' items', minItems: ({ params }) => 'should NOT have fewer than ' + params.limit + ' items',
    uniqueItems: ({ params }) => 'should NOT have duplicate items (items ## ' + params.j + ' and ' + params.i + ' are identical)',
    additionalItems: ({ params }) => 'should NOT have more than ' + params.limit + ' items', contains: () => 'should contain a valid item',
    maxProperties: ({ params }) => 'should NOT have more than ' + params.limit + ' properties', minProperties: ({ params }) => 'should NOT have fewer than ' + params.limit + ' properties',
    required: ({ params }) => "should have required property '" + params.missingProperty + "'", additionalProperties: () => 'should NOT have additional properties',
    propertyNames: ({ params }) => "property name '" + params.propertyName + "' is invalid",
    dependencies: ({ params }) => 'should have ' + (params.depsCount === 1 ? 'property ' : 'properties ') + params.deps + ' when property ' + params.property + ' is present',
    not: () => 'should NOT be valid', anyOf: () => 'should match some schema in anyOf', oneOf: () => 'should match exactly one schema in oneOf',
    if: ({ params }) => 'should match "' + params.failingKeyword + '" schema',
  };
  for (const name of ['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum']) sentences[name] = ({ params }) => 'should be ' + params.comparison + ' ' + params.limit;

  // A name that the schema does not know is written in brackets.
  const dotted = at => at.map(step => typeof step === 'number' ? '[' + step + ']' : typeof step === 'string' && /^[a-z$_][a-z0-9$_]*$/i.test(step) ? '.' + step
    : "['" + (step.name === undefined ? step : step.name).replace(/['\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\f/g, '\\f').replace(/\t/g, '\\t') + "']").join('');
  const slashed = at => at.map(step => '/' + String(step.name === undefined ? step : step.name).replace(/~/g, '~0').replace(/\//g, '~1')).join('');

  // What a schema itself has to be like in draft 7.
  const positive = { type: 'integer', minimum: 0 };
  const names = { type: 'array', items: { type: 'string' }, uniqueItems: true };
  const types = { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] };
  const self = { $ref: '#' };
  const list = { type: 'array', minItems: 1, items: self };
  const map = { type: 'object', additionalProperties: self };
  const metaSchema = { $id: 'http://json-schema.org/draft-07/schema#', type: ['object', 'boolean'], properties: {
    $id: { type: 'string', format: 'uri-reference' }, $schema: { type: 'string', format: 'uri' }, $ref: { type: 'string', format: 'uri-reference' },
    multipleOf: { type: 'number', exclusiveMinimum: 0 }, maximum: { type: 'number' }, exclusiveMaximum: { type: 'number' }, minimum: { type: 'number' },
    exclusiveMinimum: { type: 'number' }, maxLength: positive, minLength: positive, pattern: { type: 'string', format: 'regex' }, additionalItems: self,
    items: { anyOf: [self, list] }, maxItems: positive, minItems: positive, uniqueItems: { type: 'boolean' }, contains: self, maxProperties: positive,
    minProperties: positive, required: names, additionalProperties: self, definitions: map, properties: map,
    patternProperties: Object.assign({ propertyNames: { format: 'regex' } }, map), dependencies: { type: 'object', additionalProperties: { anyOf: [self, names] } },
    propertyNames: self, enum: { type: 'array', items: true }, type: { anyOf: [types, { type: 'array', items: types, minItems: 1, uniqueItems: true }] },
    format: { type: 'string' }, contentMediaType: { type: 'string' }, contentEncoding: { type: 'string' }, if: self, then: self, else: self, allOf: list,
    anyOf: list, oneOf: list, not: self } };

  class Ajv {
    constructor(options) {
      this._opts = Object.assign({}, options);
      this._shelf = new Shelf();
      this._formats = new Map(this._opts.format === false ? [] : Object.entries(formats));
      this._keywords = new Map();
      this._seen = new Map();
      this._meta = new Set(['http://json-schema.org/draft-07/schema', 'http://json-schema.org/schema']);
      this._count = 0;
      this.errors = null;
      for (const name of Object.keys(this._opts.formats || {})) this.addFormat(name, this._opts.formats[name]);
      this._shelf.add(metaSchema, metaSchema.$id);
      const schemas = this._opts.schemas || [];
      if (Array.isArray(schemas)) this.addSchema(schemas); else for (const name of Object.keys(schemas)) this.addSchema(schemas[name], name);
    }
    _words(errors) {
      return errors.map(each => {
        const path = this._opts.jsonPointers ? slashed(each.at) : dotted(each.at);
        const words = { keyword: each.keyword, dataPath: path, schemaPath: each.path, params: each.params };
        if (each.propertyName !== undefined) words.propertyName = each.propertyName;
        if (this._opts.messages !== false) words.message = each.message || (sentences[each.keyword] || (() => 'should pass "' + each.keyword + '" keyword validation'))(each);
        if (this._opts.verbose) Object.assign(words, { schema: each.schema, data: each.data });
        return words;
      });
    }
    _judge(schema, data) {
      const judgement = new Judgement(this._shelf, Object.assign({}, this._opts, { formats: this._formats, keywords: this._keywords }));
      const holds = judgement.judge(schema, data, [], '#');
      return { holds, errors: holds ? null : this._words(judgement.errors) };
    }
    // Puts a schema among those that are known, once it is one.
    _take(schema, name) {
      if (this._seen.has(schema)) return;
      if (!isObject(schema) && typeof schema !== 'boolean') throw new Error('schema should be object or boolean');
      if (this._opts.validateSchema !== false) this.validateSchema(schema, true);
      this._checkFormats(schema, '#');
      this._seen.set(schema, true);
      const id = isObject(schema) && (typeof schema.$id === 'string' ? schema.$id : this._opts.schemaId !== '$id' && typeof schema.id === 'string' ? schema.id : undefined);
      this._count += 1;
      this._shelf.add(schema, name !== undefined ? name : id && id[0] !== '#' ? id : 'assay:schema-' + this._count);
    }
    _checkFormats(schema, path) {
      if (!isObject(schema)) return;
      const { unknownFormats: unknown = true } = this._opts;
      if (typeof schema.format === 'string' && unknown !== 'ignore' && this._opts.format !== false && !this._formats.has(schema.format)
        && !(Array.isArray(unknown) && unknown.includes(schema.format))) {
        throw new Error('unknown format "' + schema.format + '" is used in schema at path "' + path + '"');
      }
      for (const name of Object.keys(schema)) {
        const value = schema[name];
        if (places[name] === 3 && isObject(value)) for (const key of Object.keys(value)) this._checkFormats(value[key], path + '/' + name + '/' + key);
        else if (places[name]) for (const each of [].concat(value)) this._checkFormats(each, path + '/' + name);
      }
    }
    validateSchema(schema, throws) {
      const wanted = isObject(schema) && schema.$schema;
      if (typeof wanted === 'string' && !this._meta.has(bare(wanted))) throw new Error('no schema with key or ref "' + wanted + '"');
      // Under another meta-schema, the one of draft 7 has no say.
      if (typeof wanted === 'string' && !/draft-07|json-schema\.org\/schema/.test(wanted)) return true;
      const { holds, errors } = this._judge(metaSchema, schema);
      this.errors = errors;
      if (!holds && throws) throw new Error('schema is invalid: ' + this.errorsText());
      return holds;
    }
    validate(schema, data) {
      let root = schema;
      if (typeof schema === 'string') {
        const found = this._shelf.find(schema, null);
        if (!found) throw new Error('no schema with key or ref "' + schema + '"');
        root = found.schema;
      } else this._take(schema);
      const { holds, errors } = this._judge(root, data);
      this.errors = errors;
      return holds;
    }
    compile(schema) {
      this._take(schema);
      const validate = data => { const { holds, errors } = this._judge(schema, data); validate.errors = errors; return holds; };
      validate.errors = null;
      validate.schema = schema;
      return validate;
    }
    compileAsync(schema) { return Promise.resolve().then(() => this.compile(schema)); }
    addSchema(schema, name) {
      if (Array.isArray(schema)) { schema.forEach(each => this.addSchema(each)); return this; }
      const key = name === undefined ? schema.$id || schema.id : name;
      if (key === undefined) throw new Error('schema id must be string');
      if (this._shelf.named.has(bare(key))) throw new Error('schema with key or id "' + key + '" already exists');
      this._take(schema, key);
      return this;
    }
    addMetaSchema(schema, name) { const key = bare(name || schema.$id || schema.id); this._meta.add(key); this._shelf.add(schema, key); return this; }
    getSchema(name) { const found = this._shelf.find(name, null); return found && this.compile(found.schema); }
    removeSchema(name) {
      if (name === undefined) { this._shelf = new Shelf(); this._seen.clear(); } else if (typeof name === 'string') this._shelf.named.delete(bare(name));
      else { this._seen.delete(name); if (name && (name.$id || name.id)) this._shelf.named.delete(bare(name.$id || name.id)); }
      return this;
    }
    addFormat(name, format) { this._formats.set(name, typeof format === 'string' ? new RegExp(format) : format); return this; }
    addKeyword(name, definition = {}) {
      const rule = (judgement, value, data, at, path, parent) => {
        const kinds = definition.type ? [].concat(definition.type) : null;
        if (kinds && !kinds.some(kind => is[kind](data))) return true;
        const test = definition.validate ? data => definition.validate(value, data, parent, dotted(at)) : definition.compile ? definition.compile(value, parent) : () => true;
        if (definition.macro) return judgement.judge(definition.macro(value, parent), data, at, path + '/' + name);
        if (test(data)) return true;
        const own = (definition.validate || test).errors;
        if (Array.isArray(own)) { for (const each of own) judgement.add(each.keyword || name, at, path, each.params || {}, value, { message: each.message }); return false; }
        return judgement.add(name, at, path, { keyword: name }, value);
      };
      this._keywords.set(name, rule);
      return this;
    }
    getKeyword(name) { return this._keywords.has(name) || rules.some(each => each.names.includes(name)); }
    removeKeyword(name) { this._keywords.delete(name); return this; }
    errorsText(errors, options) {
      const given = errors === undefined ? this.errors : errors;
      const { separator = ', ', dataVar = 'data' } = options || {};
      return given && given.length ? given.map(each => dataVar + each.dataPath + ' ' + each.message).join(separator) : 'No errors';
    }
  }
  Ajv.ValidationError = class extends Error { constructor(errors) { super('validation failed'); this.errors = errors; this.ajv = this.validation = true; } };
  const open = (...words) => new Ajv(...words);
  const AjvDoor = new Proxy(Ajv, { apply: (target, self, words) => open(...words) });
  Ajv.default = AjvDoor;

  // ---- tv4 ----

  const shown = value => JSON.stringify(value);
  const kind = value => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  // Code and sentence of each error.
  const old = {
    type: each => [0, 'Invalid type: ' + kind(each.data) + ' (expected ' + each.params.type.split(',').join('/') + ')', { type: kind(each.data), expected: each.params.type.split(',').join('/') }],
    enum: each => [1, 'No enum match for: ' + shown(each.data)], const: each => [1, 'No enum match for: ' + shown(each.data)],
    anyOf: () => [10, 'Data does not match any schemas from "anyOf"'], not: () => [13, 'Data matches schema from "not"'],
    oneOf: ({ params }) => params.passingSchemas ? [12, 'Data is valid against more than one schema from "oneOf": indices ' + params.passingSchemas[0] + ' and ' + params.passingSchemas[1]]
      : [11, 'Data does not match any schemas from "oneOf"'],
    multipleOf: each => [100, 'Value ' + each.data + ' is not a multiple of ' + each.params.multipleOf],
    minimum: each => [101, 'Value ' + each.data + ' is less than minimum ' + each.params.limit],
    exclusiveMinimum: each => [102, 'Value ' + each.data + ' is equal to exclusive minimum ' + each.params.limit],
    maximum: each => [103, 'Value ' + each.data + ' is greater than maximum ' + each.params.limit],
    exclusiveMaximum: each => [104, 'Value ' + each.data + ' is equal to exclusive maximum ' + each.params.limit],
    minLength: each => [200, 'String is too short (' + length(each.data) + ' chars), minimum ' + each.params.limit],
    maxLength: each => [201, 'String is too long (' + length(each.data) + ' chars), maximum ' + each.params.limit],
    pattern: ({ params }) => [202, 'String does not match pattern: ' + params.pattern],
    minProperties: each => [300, 'Too few properties defined (' + Object.keys(each.data).length + '), minimum ' + each.params.limit],
    maxProperties: each => [301, 'Too many properties defined (' + Object.keys(each.data).length + '), maximum ' + each.params.limit],
    required: ({ params }) => [302, 'Missing required property: ' + params.missingProperty, { key: params.missingProperty }],
    additionalProperties: ({ params }) => [303, 'Additional properties not allowed', { key: params.additionalProperty }],
    dependencies: ({ params }) => [304, 'Dependency failed - key must exist: ' + params.missingProperty + ' (due to key: ' + params.property + ')'],
    minItems: each => [400, 'Array is too short (' + each.data.length + '), minimum ' + each.params.limit],
    maxItems: each => [401, 'Array is too long (' + each.data.length + '), maximum ' + each.params.limit],
    uniqueItems: ({ params }) => [402, 'Array items are not unique (indices ' + params.j + ' and ' + params.i + ')'], additionalItems: () => [403, 'Additional items not allowed'],
    format: ({ message }) => [500, 'Format validation failed (' + message + ')'],
  };

  function makeTV4() {
    let shelf = new Shelf();
    let own = {};
    const custom = new Map();
    const check = (data, schema, allErrors) => {
      const all = new Shelf();
      for (const [name, each] of shelf.named) all.add(each, name);
      all.add(schema, isObject(schema) && (schema.id || schema.$id) || '');
      const saying = new Map([...custom].map(([name, test]) => [name, test]));
      const judgement = new Judgement(all, { allErrors, isLenient: true, formats: new Map(), keywords: new Map([['format', (judgement, format, data, at, path) => {
        const said = saying.has(format) && saying.get(format)(data, { format });
        return !said || judgement.add('format', at, path, { format }, format, { message: typeof said === 'string' ? said : said.message });
      }]]) });
      const holds = judgement.judge(schema, data, [], '');
      // Of the alternatives that failed only the one that says so is told.
      const errors = judgement.errors.filter((each, index, list) => !list.some((other, at) => at > index && ['anyOf', 'oneOf'].includes(other.keyword) && each.path.startsWith(other.path + '/')));
      const words = errors.map(each => {
        const [code, message, params = {}] = (old[each.keyword] || (() => [501, 'Keyword failed: ' + each.keyword]))(each);
        const at = each.keyword === 'additionalProperties' ? each.at.concat(each.params.additionalProperty) : each.at;
        return { message, params, code, dataPath: slashed(at), schemaPath: each.path, subErrors: null };
      });
      tv4.missing = [...new Set(judgement.missing)];
      return { holds, errors: words };
    };
    const tv4 = {
      error: null, errors: [], missing: [], valid: true,
      validate(data, schema) { const { holds, errors } = check(data, schema, false); tv4.valid = holds; tv4.error = errors[0] || null; return holds; },
      validateResult(data, schema) { const { holds, errors } = check(data, schema, false); return { valid: holds, error: errors[0] || null, missing: tv4.missing }; },
      validateMultiple(data, schema) { const { holds, errors } = check(data, schema, true); return { valid: holds, errors, missing: tv4.missing }; },
      addSchema(name, schema) {
        if (typeof name === 'object') { schema = name; name = schema.id || schema.$id || ''; }
        own[name] = schema;
        shelf.add(schema, name);
      },
      getSchema: name => own[name], getSchemaMap: () => Object.assign({}, own), getSchemaUris: filter => Object.keys(own).filter(name => !filter || filter.test(name)),
      getMissingUris: () => tv4.missing.slice(), dropSchemas() { own = {}; shelf = new Shelf(); },
      addFormat(name, test) { if (typeof name === 'object') for (const each of Object.keys(name)) custom.set(each, name[each]); else custom.set(name, test); },
      defineKeyword() {}, defineError() {}, setErrorReporter() {}, language() {}, addLanguage() {}, normSchema: schema => schema,
      reset() { tv4.dropSchemas(); custom.clear(); tv4.error = null; tv4.missing = []; }, freshApi: makeTV4, resolveUrl: resolve,
    };
    return tv4;
  }

  return { Ajv: AjvDoor, tv4: makeTV4() };
});
