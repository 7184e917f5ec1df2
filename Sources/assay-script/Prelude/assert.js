// The rest of chai: `assert`, `should`, and what plugins are written with.

(function (vocabulary) {
  'use strict';

  const { expect, Assertion, AssertionError, property, method, chainable, chained, define, result, guarded, typeOf, inspect, show, deepEqual,
    walk } = vocabulary;

  // ---- Plugins ----

  function flag(assertion, name, value) {
    if (arguments.length < 3) return assertion._[name];
    assertion._[name] = value;
  }
  const overwritten = (name, kind, make) => {
    const old = Object.getOwnPropertyDescriptor(Assertion.prototype, name);
    const before = old && old[kind] || function () {};
    define(name, make(before));
  };
  Object.assign(Assertion, {
    addProperty: (name, body) => property(name, body || (() => {})),
    addMethod: (name, body) => method(name, body),
    addChainableMethod: (name, body, touch) => chainable(name, body, touch),
    overwriteProperty: (name, wrap) => overwritten(name, 'get', before => ({ get() { return result(this, wrap(before).call(this)); } })),
    overwriteMethod: (name, wrap) => overwritten(name, 'value', before => ({ writable: true,
      value: guarded(function (...words) { return result(this, wrap(before).apply(this, words)); }, name) })),
    overwriteChainableMethod(name, wrap, wrapTouch) {
      const old = chained[name];
      chained[name] = { body: wrap(old.body), touch: wrapTouch ? wrapTouch(old.touch) : old.touch };
    },
  });
  const util = { flag, inspect, objDisplay: show, eql: deepEqual, type: typeOf,
    transferFlags(from, to, all) {
      for (const name of Object.keys(from._)) if (all !== false && name !== 'object' && name !== 'message' || name === 'negate') to._[name] = from._[name];
      return to;
    },
    test: (assertion, [holds]) => assertion._.negate ? !holds : holds,
    getActual: (assertion, words) => words.length > 4 ? words[4] : assertion._.object,
    getMessage: (assertion, words) => (assertion._.negate ? words[2] : words[1]) || '',
    getName: value => typeof value === 'function' ? value.name : null,
    getPathInfo: (object, path) => { const target = walk(object, path); return { exists: target.found, value: target.value, name: path }; },
    hasProperty: (object, name) => object !== null && object !== undefined && name in Object(object),
    getProperties: object => { const names = []; for (let each = object; each; each = Object.getPrototypeOf(each)) names.push(...Object.getOwnPropertyNames(each)); return [...new Set(names)]; },
    getOwnEnumerableProperties: object => Object.keys(object),
    expectTypes(assertion, types) {
      const kind = typeOf(assertion._.object).toLowerCase();
      if (!types.some(type => type.toLowerCase() === kind)) throw new AssertionError('object tested must be ' + types.join(', ') + ', but ' + kind + ' given');
    },
    isProxyEnabled: () => true, addLengthGuard: body => body, proxify: guarded, compareByInspect: (one, other) => inspect(one) < inspect(other) ? -1 : 1,
    addProperty: (target, ...words) => Assertion.addProperty(...words), addMethod: (target, ...words) => Assertion.addMethod(...words),
    addChainableMethod: (target, ...words) => Assertion.addChainableMethod(...words), overwriteProperty: (target, ...words) => Assertion.overwriteProperty(...words),
    overwriteMethod: (target, ...words) => Assertion.overwriteMethod(...words),
    overwriteChainableMethod: (target, ...words) => Assertion.overwriteChainableMethod(...words),
  };

  // ---- should ----

  function should() {
    Object.defineProperty(Object.prototype, 'should', { configurable: true,
      get() {
        const isBoxed = [String, Number, Boolean, Symbol, BigInt].some(type => this instanceof type);
        return new Assertion(isBoxed ? this.valueOf() : this);
      },
      set(value) { Object.defineProperty(this, 'should', { value, enumerable: true, configurable: true, writable: true }); } });
    const checks = start => ({ equal: (one, other, message) => { start(one, message).equal(other); },
      Throw: (action, type, text, message) => { start(action, message).Throw(type, text); }, exist: (value, message) => void start(value, message).exist });
    const all = Object.assign(checks((value, message) => expect(value, message).to), { fail: failing('should.fail()'), not: checks((value, message) => expect(value, message).to.not) });
    all.throw = all.Throw;
    all.not.throw = all.not.Throw;
    return all;
  }
  const failing = standard => function (actual, expected, message, operator) {
    if (arguments.length < 2) { message = actual; actual = undefined; }
    throw new AssertionError(message || standard, { actual, expected, operator });
  };

  // ---- assert ----

  function assert(holds, message) { new Assertion(null).assert(holds, message, '[ negation message unavailable ]'); }
  assert.fail = failing('assert.fail()');

  // Each name, and the chain that it stands for. The first argument is the value; what is left goes to
  // the last word, and what comes after that is the message.
  const chains = `isOk ok|isNotOk not.ok|strictEqual equal 1|notStrictEqual not.equal 1|deepEqual eql 1|deepStrictEqual eql 1|notDeepEqual not.eql 1
    |isAbove above 1|isAtLeast least 1|isBelow below 1|isAtMost most 1|isTrue is.true|isNotTrue not.equal true|isFalse is.false|isNotFalse not.equal false
    |isNull equal null|isNotNull not.equal null|isNaN NaN|isNotNaN not.NaN|exists exist|notExists not.exist|isUndefined equal undefined|isDefined not.equal undefined
    |isFunction a 'function'|isNotFunction not.a 'function'|isObject a 'object'|isNotObject not.a 'object'|isArray an 'array'|isNotArray not.an 'array'
    |isString a 'string'|isNotString not.a 'string'|isNumber a 'number'|isNotNumber not.a 'number'|isFinite finite|isBoolean a 'boolean'|isNotBoolean not.a 'boolean'
    |typeOf a 1|notTypeOf not.a 1|instanceOf instanceOf 1|notInstanceOf not.instanceOf 1|include include 1|notInclude not.include 1
    |deepInclude deep.include 1|notDeepInclude not.deep.include 1|nestedInclude nested.include 1|notNestedInclude not.nested.include 1
    |deepNestedInclude deep.nested.include 1|notDeepNestedInclude not.deep.nested.include 1|ownInclude own.include 1|notOwnInclude not.own.include 1
    |deepOwnInclude deep.own.include 1|notDeepOwnInclude not.deep.own.include 1|match match 1|notMatch not.match 1
    |property have.property 1|notProperty not.have.property 1|propertyVal have.property 2|notPropertyVal not.have.property 2
    |deepPropertyVal have.deep.property 2|notDeepPropertyVal not.have.deep.property 2|ownProperty have.own.property 1|notOwnProperty not.have.own.property 1
    |ownPropertyVal have.own.property 2|notOwnPropertyVal not.have.own.property 2|deepOwnPropertyVal have.deep.own.property 2
    |notDeepOwnPropertyVal not.have.deep.own.property 2|nestedProperty have.nested.property 1|notNestedProperty not.have.nested.property 1
    |nestedPropertyVal have.nested.property 2|notNestedPropertyVal not.have.nested.property 2|deepNestedPropertyVal have.deep.nested.property 2
    |notDeepNestedPropertyVal not.have.deep.nested.property 2|lengthOf have.lengthOf 1|hasAnyKeys have.any.keys 1|hasAllKeys have.all.keys 1
    |containsAllKeys contain.all.keys 1|doesNotHaveAnyKeys not.have.any.keys 1|doesNotHaveAllKeys not.have.all.keys 1|hasAnyDeepKeys have.any.deep.keys 1
    |hasAllDeepKeys have.all.deep.keys 1|containsAllDeepKeys contain.all.deep.keys 1|doesNotHaveAnyDeepKeys not.have.any.deep.keys 1
    |doesNotHaveAllDeepKeys not.have.all.deep.keys 1|closeTo closeTo 2|approximately approximately 2|sameMembers have.same.members 1
    |notSameMembers not.have.same.members 1|sameDeepMembers have.same.deep.members 1|notSameDeepMembers not.have.same.deep.members 1
    |sameOrderedMembers have.same.ordered.members 1|notSameOrderedMembers not.have.same.ordered.members 1
    |sameDeepOrderedMembers have.same.deep.ordered.members 1|notSameDeepOrderedMembers not.have.same.deep.ordered.members 1
    |includeMembers include.members 1|notIncludeMembers not.include.members 1|includeDeepMembers include.deep.members 1|notIncludeDeepMembers not.include.deep.members 1
    |includeOrderedMembers include.ordered.members 1|notIncludeOrderedMembers not.include.ordered.members 1
    |includeDeepOrderedMembers include.deep.ordered.members 1|notIncludeDeepOrderedMembers not.include.deep.ordered.members 1|oneOf oneOf 1
    |isExtensible extensible|isNotExtensible not.extensible|isSealed sealed|isNotSealed not.sealed|isFrozen frozen|isNotFrozen not.frozen|isEmpty empty|isNotEmpty not.empty`;
  const constants = { true: true, false: false, null: null, undefined: undefined };
  for (const line of chains.split('|')) {
    const [name, path, rest] = line.trim().split(' ');
    const words = path.split('.');
    const last = words.pop();
    const count = Number(rest) || 0;
    assert[name] = function (value, ...given) {
      let chain = new Assertion(value, given[count]);
      for (const word of words) chain = chain[word];
      if (rest === undefined) return void chain[last];
      chain[last](...count ? given.slice(0, count) : [rest in constants ? constants[rest] : rest.slice(1, -1)]);
    };
  }
  for (const [other, name] of Object.entries({ ok: 'isOk', notOk: 'isNotOk', extensible: 'isExtensible', notExtensible: 'isNotExtensible', sealed: 'isSealed',
    notSealed: 'isNotSealed', frozen: 'isFrozen', notFrozen: 'isNotFrozen', empty: 'isEmpty', notEmpty: 'isNotEmpty' })) assert[other] = assert[name];
  assert.equal = (found, wanted, message) => {
    new Assertion(found, message).assert(found == wanted, 'expected #{this} to equal #{exp}', 'expected #{this} to not equal #{act}', wanted, found);
  };
  assert.notEqual = (found, wanted, message) => {
    if (found == wanted) throw new AssertionError((message ? message + ': ' : '') + 'expected ' + show(found) + ' to not equal ' + show(wanted), { actual: found, expected: wanted });
  };
  assert.throws = assert.throw = assert.Throw = function (action, type, text, message) {
    if (typeof type === 'string' || type instanceof RegExp) { text = type; type = null; }
    return new Assertion(action, message).to.throw(type, text)._.object;
  };
  assert.doesNotThrow = function (action, type, text, message) {
    if (typeof type === 'string' || type instanceof RegExp) { text = type; type = null; }
    new Assertion(action, message).to.not.throw(type, text);
  };
  const compare = { '==': (a, b) => a == b, '===': (a, b) => a === b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, '<': (a, b) => a < b, '<=': (a, b) => a <= b,
    '!=': (a, b) => a != b, '!==': (a, b) => a !== b };
  assert.operator = function (value, operator, other, message) {
    const prefix = message ? message + ': ' : '';
    if (!compare[operator]) throw new AssertionError(prefix + 'Invalid operator "' + operator + '"');
    new Assertion(compare[operator](value, other), message).assert(compare[operator](value, other),
      'expected ' + inspect(value) + ' to be ' + operator + ' ' + inspect(other), 'expected ' + inspect(value) + ' to not be ' + operator + ' ' + inspect(other));
  };
  for (const [verb, plural, opposite] of [['change', 'changes', 'doesNotChange'], ['increase', 'increases', 'doesNotIncrease'], ['decrease', 'decreases', 'doesNotDecrease']]) {
    // The property is left out where a function is watched.
    const split = (subject, words) => typeof subject === 'function' ? [undefined, ...words] : words;
    assert[plural] = (action, subject, ...words) => { const [name, message] = split(subject, words); new Assertion(action, message).to[verb](subject, name); };
    assert[opposite] = (action, subject, ...words) => { const [name, message] = split(subject, words); new Assertion(action, message).to.not[verb](subject, name); };
    assert[plural + 'By'] = (action, subject, ...words) => { const [name, delta, message] = split(subject, words); new Assertion(action, message).to[verb](subject, name).by(delta); };
    assert[plural + 'ButNotBy'] = (action, subject, ...words) => { const [name, delta, message] = split(subject, words); new Assertion(action, message).to[verb](subject, name).but.not.by(delta); };
  }
  assert.ifError = error => { if (error) throw error; };

  const used = new Set();
  const chai = { expect, assert, should, Should: should, Assertion, AssertionError, util, version: '4.4.1',
    config: { includeStack: false, showDiff: true, truncateThreshold: 40, useProxy: true, proxyExcludedKeys: ['then', 'catch', 'inspect', 'toJSON'] },
    use(plugin) { if (!used.has(plugin)) { used.add(plugin); plugin(chai, util); } return chai; } };
  return chai;
});
