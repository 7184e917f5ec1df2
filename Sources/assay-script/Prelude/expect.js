// The assertion vocabulary of `pm.expect`: chains of words that end in a check. What the words mean,
// and the sentences they fail with, are those of chai 4, which a test compares them with.

(function (values) {
  'use strict';

  class AssertionError extends Error {
    constructor(message, facts) {
      super(message || 'Unspecified AssertionError');
      this.showDiff = false;
      Object.assign(this, facts);
    }
    toJSON() { return Object.assign({ name: this.name, message: this.message }, this); }
  }
  Object.defineProperty(AssertionError.prototype, 'name', { value: 'AssertionError', configurable: true, writable: true });

  const { typeOf, kindOf, own, inspect, show, deepEqual } = values;

  // How far apart two words are, up to four.
  function distance(one, other) {
    if (Math.abs(one.length - other.length) >= 4) return 4;
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (let at = 1; at <= one.length; at += 1) {
      const next = [at];
      for (let place = 1; place <= other.length; place += 1) {
        next[place] = Math.min(row[place] + 1, next[place - 1] + 1, row[place - 1] + (one[at - 1] === other[place - 1] ? 0 : 1));
      }
      row = next;
    }
    return row[other.length];
  }

  const plain = ['then', 'catch', 'inspect', 'toJSON'];
  // A word that does not exist would otherwise be a check that never fails.
  const guard = word => ({ get(target, key) {
    if (!(key in target) && typeof key === 'string' && !plain.includes(key)) {
      if (word) throw new Error('Invalid Chai property: ' + word + '.' + key + '. See docs for proper usage of "' + word + '".');
      let nearest = null;
      let least = 4;
      for (let object = target; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
        for (const name of Object.getOwnPropertyNames(object)) {
          const far = distance(key, name);
          if (far < least) { nearest = name; least = far; }
        }
      }
      throw new Error('Invalid Chai property: ' + key + (nearest === null ? '' : '. Did you mean "' + nearest + '"?'));
    }
    return Reflect.get(target, key);
  } });
  const guardOfAll = guard();
  const guarded = (target, word) => new Proxy(target, word ? guard(word) : guardOfAll);

  class Assertion {
    #flags;
    #self;
    constructor(object, message, flags) {
      this.#flags = flags ? Object.assign({}, flags, { object, message }) : { object, message };
      return this.#self = new Proxy(this, guardOfAll);
    }
    get _() { return this.#flags; }
    get __self() { return this.#self; }
    assert(holds, yes, no, expected, actual) { check(this, holds, yes, no, expected, actual); }
    get _obj() { return this._.object; }
    set _obj(object) { this._.object = object; }
    get __flags() { return this._; }
  }

  // Fails unless the check holds, or unless it does not where the chain said `not`. In a sentence
  // #{this} is the value, #{exp} what was wanted and #{act} what was found.
  function check(assertion, holds, yes, no, expected, actual) {
    const flags = assertion._;
    if (flags.negate ? !holds : holds) return;
    let text = (flags.negate ? no : yes) || '';
    if (typeof text === 'function') text = text();
    const found = actual === undefined ? flags.object : actual;
    text = text.replace(/#\{this\}/g, () => show(flags.object)).replace(/#\{act\}/g, () => show(found))
      .replace(/#\{exp\}/g, () => show(expected));
    throw new AssertionError((flags.message ? flags.message + ': ' : '') + text, { actual: found, expected });
  }
  const misuse = (assertion, text) => { throw new AssertionError((assertion._.message ? assertion._.message + ': ' : '') + text); };
  // Another value, under the name that the chain was given.
  const also = (assertion, object) => new Assertion(object, assertion._.message);

  const result = (assertion, given) => given === undefined ? assertion.__self : given;
  function define(name, descriptor) {
    Object.defineProperty(Assertion.prototype, name, Object.assign({ configurable: true }, descriptor));
  }
  function property(names, body) {
    for (const name of names.split(' ')) define(name, { get() { return result(this, body.call(this, this._)); } });
  }
  function method(names, body) {
    for (const name of names.split(' ')) {
      const call = function (...words) { return result(this, body.apply(this, words)); };
      Object.defineProperty(call, 'length', { get() { throw new Error('Invalid Chai property: ' + name + '.length. See docs for proper usage of "' + name + '".'); } });
      define(name, { value: guarded(call, name), writable: true });
    }
  }
  // A word that can be called or be passed through, such as `a`, `include` or `length`.
  const chained = {};
  function chainable(names, body, touch) {
    for (const name of names.split(' ')) {
      chained[name] = { body, touch: touch || (() => {}) };
      define(name, { get() {
        chained[name].touch.call(this, this._);
        const assertion = this;
        return new Proxy(function () {}, {
          apply: (target, own, words) => result(assertion, chained[name].body.apply(assertion, words)),
          get(target, key) {
            if (key === 'length') throw new Error('Invalid Chai property: ' + name + '.length. Due to a compatibility issue, "length" cannot directly follow "' + name + '". Use "' + name + '.lengthOf" instead.');
            if (key === 'call' || key === 'apply') return target[key];
            return assertion.__self[key];
          },
        });
      } });
    }
  }
  const label = (assertion, message) => { if (message) assertion._.message = message; };

  property('to be been is and has have with that which at of same but does still also', () => {});
  for (const flag of ['deep', 'nested', 'own', 'ordered', 'itself']) property(flag, flags => { flags[flag] = true; });
  property('not', flags => { flags.negate = true; });
  property('any', flags => { flags.any = true; flags.all = false; });
  property('all', flags => { flags.all = true; flags.any = false; });

  // Each: the test, what it says, and what it says when negated.
  const whole = value => value === Object(value);
  const truths = {
    ok: [value => value, 'to be truthy', 'to be falsy'], true: [value => value === true, 'to be true', 'to be false'],
    false: [value => value === false, 'to be false', 'to be true'], null: [value => value === null, 'to be null', 'not to be null'],
    undefined: [value => value === undefined, 'to be undefined', 'not to be undefined'],
    NaN: [value => value !== value, 'to be NaN', 'not to be NaN'],
    'exist exists': [value => value !== null && value !== undefined, 'to exist', 'to not exist'],
    finite: [value => typeof value === 'number' && isFinite(value), 'to be a finite number', 'to not be a finite number'],
    extensible: [value => whole(value) && Object.isExtensible(value), 'to be extensible', 'to not be extensible'],
    sealed: [value => !whole(value) || Object.isSealed(value), 'to be sealed', 'to not be sealed'],
    frozen: [value => !whole(value) || Object.isFrozen(value), 'to be frozen', 'to not be frozen'],
  };
  for (const names of Object.keys(truths)) {
    const [test, yes, no] = truths[names];
    property(names, function (flags) { check(this, test(flags.object), 'expected #{this} ' + yes, 'expected #{this} ' + no); });
  }

  property('empty', function ({ object }) {
    const kind = kindOf(object);
    if (kind === 'weakmap' || kind === 'weakset') misuse(this, '.empty was passed a weak collection');
    if (kind === 'function') misuse(this, ('.empty was passed a function ' + object.name).trim());
    if (kind !== 'string' && !whole(object)) misuse(this, '.empty was passed non-string primitive ' + inspect(object));
    const size = kind === 'map' || kind === 'set' ? object.size
      : kind === 'string' || kind === 'array' ? object.length : Object.keys(object).length;
    check(this, size === 0, 'expected #{this} to be empty', 'expected #{this} not to be empty');
  });
  property('arguments Arguments', function ({ object }) {
    check(this, typeOf(object) === 'Arguments', 'expected #{this} to be arguments but got ' + typeOf(object), 'expected #{this} to not be arguments');
  });

  chainable('a an', function (type, message) {
    label(this, message);
    type = type.toLowerCase();
    const what = (/^[aeiou]/.test(type) ? 'an ' : 'a ') + type;
    check(this, type === kindOf(this._.object), 'expected #{this} to be ' + what, 'expected #{this} not to be ' + what);
  });

  chainable('include includes contain contains', function (wanted, message) {
    label(this, message);
    const { object, deep, negate } = this._;
    const same = (one, other) => deep ? deepEqual(one, other) : one === other || one !== one && other !== other;
    let holds;
    switch (kindOf(object)) {
      case 'string': holds = object.indexOf(wanted) !== -1; break;
      case 'array': holds = deep ? object.some(each => same(each, wanted)) : object.indexOf(wanted) !== -1; break;
      case 'set': case 'map': holds = [...object.values()].some(each => same(each, wanted)); break;
      case 'weakset':
        if (deep) misuse(this, 'unable to use .deep.include with WeakSet');
        holds = object.has(wanted);
        break;
      default: {
        if (!whole(wanted)) {
          const kind = kindOf(wanted);
          misuse(this, 'the given combination of arguments (' + kindOf(object) + ' and ' + kind + ') is invalid for this assertion.'
            + ' You can use an array, a map, an object, a set, a string, or a weakset instead of a ' + kind);
        }
        const names = Object.keys(wanted);
        const errors = [];
        for (const name of names) {
          const part = new Assertion(object, this._.message, this._);
          try { part.property(name, wanted[name]); } catch (error) {
            if (!negate || names.length === 1 || !(error instanceof AssertionError)) throw error;
            errors.push(error);
          }
        }
        // Several are included unless each of them is.
        if (errors.length > 0 && errors.length === names.length) throw errors[0];
        return;
      }
    }
    const verb = (deep ? 'deep ' : '') + 'include ' + inspect(wanted);
    check(this, holds, 'expected #{this} to ' + verb, 'expected #{this} to not ' + verb);
  }, flags => { flags.contains = true; });

  method('equal equals eq', function (wanted, message) {
    label(this, message);
    if (this._.deep) return this.eql(wanted);
    check(this, wanted === this._.object, 'expected #{this} to equal #{exp}', 'expected #{this} to not equal #{exp}', wanted);
  });
  method('eql eqls', function (wanted, message) {
    label(this, message);
    check(this, deepEqual(wanted, this._.object), 'expected #{this} to deeply equal #{exp}', 'expected #{this} to not deeply equal #{exp}', wanted);
  });

  // How many there are, where the chain asks for that, and what that is called.
  function count(assertion) {
    const { object } = assertion._;
    if (kindOf(object) === 'map' || kindOf(object) === 'set') return [object.size, 'size'];
    also(assertion, object).to.have.property('length');
    return [object.length, 'length'];
  }
  // Fails where the values cannot be compared.
  function comparable(assertion, limits, name) {
    const { object, doLength } = assertion._;
    const kind = kindOf(object);
    const all = limits.length > 1 ? ['the arguments to within must be dates', 'the arguments to within must be numbers']
      : ['the argument to ' + name + ' must be a date', 'the argument to ' + name + ' must be a number'];
    if (!doLength && kind === 'date' && limits.some(each => kindOf(each) !== 'date')) misuse(assertion, all[0]);
    if ((doLength || kind === 'number') && limits.some(each => kindOf(each) !== 'number')) misuse(assertion, all[1]);
    if (!doLength && kind !== 'date' && kind !== 'number') {
      misuse(assertion, 'expected ' + (kind === 'string' ? "'" + object + "'" : object) + ' to be a number or a date');
    }
  }
  function comparison(names, words, opposite, negated, test) {
    method(names, function (limit, message) {
      label(this, message);
      const [value, what] = this._.doLength ? count(this) : [this._.object];
      comparable(this, [limit], names.split(' ')[0]);
      if (what) {
        check(this, test(value, limit), 'expected #{this} to have a ' + what + ' ' + words + ' #{exp} but got #{act}',
          'expected #{this} to ' + negated + 'have a ' + what + ' ' + (negated ? words : opposite) + ' #{exp}', limit, value);
      } else {
        check(this, test(value, limit), 'expected #{this} to be ' + words + ' #{exp}', 'expected #{this} to be ' + opposite + ' #{exp}', limit);
      }
    });
  }
  comparison('above gt greaterThan', 'above', 'at most', 'not ', (value, limit) => value > limit);
  comparison('least gte greaterThanOrEqual', 'at least', 'below', '', (value, limit) => value >= limit);
  comparison('below lt lessThan', 'below', 'at least', 'not ', (value, limit) => value < limit);
  comparison('most lte lessThanOrEqual', 'at most', 'above', '', (value, limit) => value <= limit);
  method('within', function (low, high, message) {
    label(this, message);
    const [value, what] = this._.doLength ? count(this) : [this._.object];
    comparable(this, [low, high]);
    const text = each => kindOf(low) === 'date' && kindOf(high) === 'date' ? each.toISOString() : each;
    const range = (what ? 'have a ' + what : 'be') + ' within ' + text(low) + '..' + text(high);
    check(this, value >= low && value <= high, 'expected #{this} to ' + range, 'expected #{this} to not ' + range);
  });
  method('closeTo approximately', function (wanted, delta, message) {
    label(this, message);
    also(this, this._.object).is.a('number');
    if (typeof wanted !== 'number' || typeof delta !== 'number') {
      misuse(this, 'the arguments to closeTo or approximately must be numbers' + (delta === undefined ? ', and a delta is required' : ''));
    }
    const text = 'to be close to ' + wanted + ' +/- ' + delta;
    check(this, Math.abs(this._.object - wanted) <= delta, 'expected #{this} ' + text, 'expected #{this} not ' + text);
  });
  chainable('length lengthOf', function (wanted, message) {
    label(this, message);
    const [value, what] = count(this);
    check(this, value == wanted, 'expected #{this} to have a ' + what + ' of #{exp} but got #{act}',
      'expected #{this} to not have a ' + what + ' of #{act}', wanted, value);
  }, flags => { flags.doLength = true; });

  method('match matches', function (pattern, message) {
    label(this, message);
    check(this, pattern.exec(this._.object), 'expected #{this} to match ' + pattern, 'expected #{this} not to match ' + pattern);
  });
  method('string', function (part, message) {
    label(this, message);
    also(this, this._.object).is.a('string');
    check(this, this._.object.indexOf(part) !== -1, 'expected #{this} to contain ' + inspect(part), 'expected #{this} to not contain ' + inspect(part));
  });
  method('instanceof instanceOf', function (type, message) {
    label(this, message);
    let holds;
    try { holds = this._.object instanceof type; } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      misuse(this, 'The instanceof assertion needs a constructor but ' + typeOf(type) + ' was given.');
    }
    const name = typeof type === 'function' ? type.name : 'an unnamed constructor';
    check(this, holds, 'expected #{this} to be an instance of ' + name, 'expected #{this} to not be an instance of ' + name);
  });

  // The value at `a.b[0]`, with a backslash before a point or bracket that belongs to a name.
  function walk(object, path) {
    const steps = String(path).replace(/([^\\])\[/g, '$1.[').match(/(\\\.|[^.]+?)+/g) || [];
    let found = object;
    let exists = true;
    for (const step of steps) {
      const index = /^\[(\d+)\]$/.exec(step);
      const name = index ? index[1] : step.replace(/\\([.[\]])/g, '$1');
      exists = found !== null && found !== undefined && name in Object(found);
      found = exists ? found[name] : undefined;
      if (!exists) break;
    }
    return { found: exists && steps.length > 0, value: found };
  }

  function hasProperty(name, wanted, message) {
    label(this, message);
    const { object, nested, deep, own: isOwn, negate } = this._;
    if (nested && typeof name !== 'string') misuse(this, 'the argument to property must be a string when using nested syntax');
    if (!nested && !['string', 'number', 'symbol'].includes(typeof name)) misuse(this, 'the argument to property must be a string, number, or symbol');
    if (nested && isOwn) misuse(this, 'The "nested" and "own" flags cannot be combined.');
    if (object === null || object === undefined) misuse(this, 'Target cannot be null or undefined.');
    const target = nested ? walk(object, name) : { found: isOwn ? own(object, name) : name in Object(object), value: object[name] };
    const kind = (deep ? 'deep ' : '') + (isOwn ? 'own ' : '') + (nested ? 'nested ' : '') + 'property ' + inspect(name);
    if (!negate || arguments.length === 1) check(this, target.found, 'expected #{this} to have ' + kind, 'expected #{this} to not have ' + kind);
    if (arguments.length > 1) {
      const flags = this._;
      const holds = target.found && (deep ? deepEqual(wanted, target.value) : wanted === target.value);
      if (flags.negate ? holds : !holds) {
        // What was found may be undefined, and is told all the same.
        const text = flags.negate ? ' to not have ' + kind + ' of ' + show(target.value)
          : ' to have ' + kind + ' of ' + show(wanted) + ', but got ' + show(target.value);
        throw new AssertionError((flags.message ? flags.message + ': ' : '') + 'expected ' + show(object) + text, { actual: target.value, expected: wanted });
      }
    }
    this._.object = target.value;
  }
  method('property', hasProperty);
  method('ownProperty haveOwnProperty', function (...words) { this._.own = true; hasProperty.apply(this, words); });
  method('ownPropertyDescriptor haveOwnPropertyDescriptor', function (name, wanted, message) {
    if (typeof wanted === 'string') { message = wanted; wanted = null; }
    label(this, message);
    const found = Object.getOwnPropertyDescriptor(Object(this._.object), name);
    const text = name => 'expected the own property descriptor for ' + inspect(name) + ' on #{this} to ';
    if (found && wanted) {
      check(this, deepEqual(wanted, found), text(name) + 'match ' + inspect(wanted) + ', got ' + inspect(found),
        text(name) + 'not match ' + inspect(wanted), wanted, found);
    } else {
      const what = 'have an own property descriptor for ' + inspect(name);
      check(this, found, 'expected #{this} to ' + what, 'expected #{this} to not ' + what);
    }
    this._.object = found;
  });

  method('key keys', function (first, ...rest) {
    const { object, deep, any, contains } = this._;
    const isCollection = object instanceof Map || object instanceof Set;
    const type = typeOf(first);
    const actual = isCollection ? [...object.keys()]
      : Object.keys(object).concat(Object.getOwnPropertySymbols(object).filter(name => Object.getOwnPropertyDescriptor(object, name).enumerable));
    let wanted = [first, ...rest];
    if (type === 'Array') wanted = first;
    else if (!isCollection && type === 'Object') wanted = Object.keys(first);
    if (!isCollection) {
      if (rest.length && (type === 'Array' || type === 'Object')) {
        misuse(this, 'when testing keys against an object or an array you must give a single Array|Object|String argument or multiple String arguments');
      }
      wanted = wanted.map(name => typeof name === 'symbol' ? name : String(name));
    }
    if (wanted.length === 0 || arguments.length === 0) misuse(this, 'keys required');
    const has = name => actual.some(other => deep ? deepEqual(name, other) : name === other);
    const holds = any ? wanted.some(has) : wanted.every(has) && (contains || wanted.length === actual.length);
    const names = wanted.map(inspect);
    const last = names.pop();
    const text = (deep && isCollection ? 'deeply ' : '') + (contains ? 'contain ' : 'have ')
      + (names.length ? 'keys ' + names.join(', ') + (any ? ', or ' : ', and ') : 'key ') + last;
    check(this, holds, 'expected #{this} to ' + text, 'expected #{this} to not ' + text, wanted, actual);
  });

  method('members', function (wanted, message) {
    label(this, message);
    const { object, deep, contains, ordered } = this._;
    also(this, object).to.be.an('array');
    also(this, wanted).to.be.an('array');
    const same = (one, other) => deep ? deepEqual(one, other) : one === other;
    const left = object.slice();
    const holds = (contains || wanted.length === left.length) && wanted.every((each, index) => {
      if (ordered) return same(each, object[index]);
      const at = left.findIndex(other => same(each, other));
      if (at >= 0 && !contains) left.splice(at, 1);
      return at >= 0;
    });
    const text = contains ? 'be ' + (ordered ? 'an ordered superset' : 'a superset') + ' of #{exp}'
      : 'have the same ' + (ordered ? 'ordered ' : '') + 'members as #{exp}';
    check(this, holds, 'expected #{this} to ' + text, 'expected #{this} to not ' + text, wanted);
  });
  method('oneOf', function (list, message) {
    label(this, message);
    const { object, deep, contains } = this._;
    also(this, list).to.be.an('array');
    const [test, verb] = contains ? [each => object.indexOf(each) > -1, 'contain']
      : deep ? [each => deepEqual(object, each), 'deeply equal'] : [each => each === object, 'be'];
    check(this, list.some(test), 'expected #{this} to ' + verb + ' one of #{exp}',
      'expected #{this} to ' + (verb === 'deeply equal' ? '' : 'not ') + verb + ' one of #{exp}', list);
  });
  method('satisfy satisfies', function (test, message) {
    label(this, message);
    const holds = test(this._.object);
    check(this, holds, 'expected #{this} to satisfy ' + show(test), 'expected #{this} to not satisfy' + show(test), !this._.negate, holds);
  });
  method('respondTo respondsTo', function (name, message) {
    label(this, message);
    const { object, itself } = this._;
    const found = typeof object === 'function' && !itself ? object.prototype[name] : object[name];
    check(this, typeof found === 'function', 'expected #{this} to respond to ' + inspect(name), 'expected #{this} to not respond to ' + inspect(name));
  });

  const typeName = error => typeof error === 'function' ? error.name || String(error)
    : error instanceof Error ? error.name : error && error.constructor ? error.constructor.name : typeOf(error);
  const thrownText = error => error instanceof Error ? String(error) : typeof error === 'string' ? error : error && typeName(error);
  method('throw throws Throw', function (type, text, message) {
    label(this, message);
    also(this, this._.object).is.a('function');
    const negate = Boolean(this._.negate);
    if (type instanceof RegExp || typeof type === 'string') { text = type; type = null; }
    let thrown;
    try { this._.object(); } catch (error) { thrown = error; }
    const isOpen = type === undefined && text === undefined;
    if (isOpen || !negate) {
      check(this, thrown, 'expected #{this} to throw ' + (type instanceof Error ? '#{exp}' : type ? typeName(type) : 'an error'),
        'expected #{this} to not throw an error but #{act} was thrown', type && String(type), thrownText(thrown));
    }
    // Of two conditions a negated chain fails where both hold.
    const isDouble = Boolean(type && text) && negate;
    const failed = new Set();
    const verdict = (what, holds, ...words) => { if (holds === negate) { if (isDouble) failed.add(what); else check(this, negate, ...words); } };
    const wrong = ['expected #{this} to throw #{exp} but #{act} was thrown', 'expected #{this} to not throw #{exp} but #{act} was thrown',
      type instanceof Error ? String(type) : type && typeName(type), thrownText(thrown)];
    if (type && thrown) {
      if (type instanceof Error) verdict('type', thrown === type, wrong[0], negate ? 'expected #{this} to not throw #{exp}' : wrong[1], wrong[2], wrong[3]);
      const wanted = type instanceof Error ? type.constructor : type;
      verdict('type', typeof wanted === 'function' && (thrown instanceof wanted || thrown && thrown.constructor === wanted), ...wrong);
    }
    if (thrown && text !== undefined && text !== null) {
      const said = typeof thrown === 'string' ? thrown : thrown.message;
      const holds = text instanceof RegExp ? text.test(said) : String(said).indexOf(text) !== -1;
      const how = text instanceof RegExp ? 'matching' : 'including';
      verdict('text', holds, 'expected #{this} to throw error ' + how + ' #{exp} but got #{act}', 'expected #{this} to throw error not ' + how + ' #{exp}', text, said);
    }
    if (failed.size === 2) check(this, negate, ...wrong);
    this._.object = thrown;
  });

  // `change`, `increase` and `decrease`: of what a function gives back, or of a property.
  for (const [names, isNumber, holds] of [['change changes', false, (from, to) => from !== to],
    ['increase increases', true, (from, to) => to - from > 0], ['decrease decreases', true, (from, to) => to - from < 0]]) {
    const verb = names.split(' ')[0];
    method(names, function (subject, name, message) {
      label(this, message);
      also(this, this._.object).is.a('function');
      if (name) also(this, subject).to.have.property(name); else also(this, subject).is.a('function');
      const look = () => name ? subject[name] : subject();
      const from = look();
      if (isNumber) also(this, from).is.a('number');
      this._.object();
      const to = look();
      const what = 'expected ' + (name === undefined || name === null ? from : '.' + name);
      Object.assign(this._, { verb, what, from, to });
      check(this, holds(from, to), what + ' to ' + verb, what + ' to not ' + verb);
    });
  }
  method('by', function (delta, message) {
    label(this, message);
    const { verb, what, from, to } = this._;
    const real = verb === 'change' ? Math.abs(to - from) : verb === 'increase' ? to - from : from - to;
    check(this, real === Math.abs(delta), what + ' to ' + verb + ' by ' + delta, what + ' to not ' + verb + ' by ' + delta);
  });

  const expect = (value, message) => new Assertion(value, message);
  expect.fail = function (actual, expected, message, operator) {
    if (arguments.length < 2) { message = actual; actual = undefined; }
    throw new AssertionError(message || 'expect.fail()', { actual, expected, operator });
  };

  return { expect, Assertion, AssertionError, check, property, method, chainable, chained, define, result, guarded,
    typeOf, inspect, show, deepEqual, walk };
});
