// The assertion vocabulary of `pm.expect`: chains of words that end in a check, with the sentences
// that people know from chai 4.

(function (global) {
  'use strict';

  class AssertionError extends Error {
    constructor(message, actual, expected) {
      super(message);
      this.name = 'AssertionError';
      this.actual = actual;
      this.expected = expected;
    }
  }

  function typeOf(value) {
    if (value === null) return 'null';
    if (value === undefined) return 'undefined';
    if (Array.isArray(value)) return 'array';
    return Object.prototype.toString.call(value).slice(8, -1).toLowerCase();
  }

  // One line for a value, cut where it gets long.
  function show(value, depth) {
    depth = depth || 0;
    switch (typeOf(value)) {
      case 'string': return "'" + value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n') + "'";
      case 'function': return '[Function' + (value.name ? ': ' + value.name : '') + ']';
      case 'symbol': return value.toString();
      case 'bigint': return value + 'n';
      case 'number': return Object.is(value, -0) ? '-0' : String(value);
      case 'boolean': case 'null': case 'undefined': case 'regexp': return String(value);
      case 'date': return isNaN(value) ? 'Invalid Date' : value.toISOString();
      case 'error': return '[' + value.name + ': ' + value.message + ']';
      case 'array': return list('[', value.map(each => entry(each, depth)), ']', value.length);
      case 'map': return 'Map{' + [...value].map(pair => show(pair, depth + 1)).join(', ') + '}';
      case 'set': return 'Set{' + [...value].map(each => show(each, depth + 1)).join(', ') + '}';
      default: {
        const names = Object.keys(value);
        const parts = names.map(name => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : show(name)) + ': '
          + entry(value[name], depth));
        return list('{ ', parts, ' }', names.length);
      }
    }
    function entry(each, at) { return at > 1 ? brief(each) : show(each, at + 1); }
    function brief(each) {
      if (Array.isArray(each)) return '[ Array(' + each.length + ') ]';
      return typeOf(each) === 'object' ? '[Object]' : show(each, 9);
    }
    function list(open, parts, close, count) {
      if (count === 0) return (open + close).replace(/ /g, '');
      const kept = [];
      let length = 0;
      for (const part of parts) {
        length += part.length + 2;
        if (length > 40 && kept.length && depth === 0 && parts.length > 2) break;
        kept.push(part);
      }
      const more = count - kept.length;
      return (open === '[' ? '[ ' : open) + kept.join(', ') + (more ? ', …(' + more + ')' : '')
        + (close === ']' ? ' ]' : close);
    }
  }

  function deepEqual(left, right, seen) {
    if (Object.is(left, right) || left === right) return left !== 0 || 1 / left === 1 / right;
    const type = typeOf(left);
    if (type !== typeOf(right)) return false;
    if (left === null || typeof left !== 'object') return false;
    seen = seen || new Map();
    if (seen.get(left) === right) return true;
    seen.set(left, right);
    switch (type) {
      case 'date': return left.getTime() === right.getTime() || (isNaN(left) && isNaN(right));
      case 'regexp': return String(left) === String(right);
      case 'boolean': case 'number': case 'string': return Object.is(left.valueOf(), right.valueOf());
      case 'error': return left === right;
      case 'map': case 'set':
        return left.size === right.size && deepEqual([...left].sort(), [...right].sort(), seen);
    }
    if (type === 'array' && left.length !== right.length) return false;
    const names = keys(left);
    if (names.length !== keys(right).length) return false;
    return names.every(name => name in right && deepEqual(left[name], right[name], seen));
    function keys(object) { const all = []; for (const name in object) all.push(name); return all; }
  }

  const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

  class Assertion {
    constructor(object, message, flags) {
      Object.defineProperty(this, '_', { value: Object.assign({ object, message }, flags) });
    }
  }

  // Fails unless the check holds, or unless it does not where the chain said `not`. In a sentence
  // #{this} is the value, #{exp} what was wanted and #{act} what was found.
  function check(assertion, holds, yes, no, expected, actual) {
    const flags = assertion._;
    if (flags.negate ? !holds : holds) return assertion;
    const text = (flags.negate ? no : yes)
      .replace(/#\{this\}/g, () => show(flags.object))
      .replace(/#\{exp\}/g, () => show(expected))
      .replace(/#\{act\}/g, () => show(actual === undefined ? flags.object : actual));
    throw new AssertionError((flags.message ? flags.message + ': ' : '') + text, actual, expected);
  }

  function misuse(assertion, text) {
    throw new AssertionError((assertion._.message ? assertion._.message + ': ' : '') + text);
  }

  function property(name, body) {
    Object.defineProperty(Assertion.prototype, name, { configurable: true, get() {
      const result = body.call(this, this._);
      return result === undefined ? this : result;
    } });
  }

  function method(names, body) {
    for (const name of names.split(' ')) {
      Object.defineProperty(Assertion.prototype, name, { configurable: true, value(...words) {
        const result = body.apply(this, words);
        return result === undefined ? this : result;
      } });
    }
  }

  // A word that can be called or be passed through, such as `a`, `include` or `length`.
  function chainable(names, body, touch) {
    for (const name of names.split(' ')) {
      Object.defineProperty(Assertion.prototype, name, { configurable: true, get() {
        if (touch) touch.call(this, this._);
        const assertion = this;
        const word = function (...words) {
          const result = body.apply(assertion, words);
          return result === undefined ? assertion : result;
        };
        return new Proxy(word, { get: (target, key) => {
          const value = assertion[key];
          return typeof value === 'function' && !(key in Assertion.prototype) ? value.bind(assertion) : value;
        } });
      } });
    }
  }

  for (const word of ['to', 'be', 'been', 'is', 'that', 'which', 'and', 'has', 'have', 'with', 'at',
    'of', 'same', 'but', 'does', 'still', 'also']) property(word, function () {});
  property('not', flags => { flags.negate = !flags.negate; });
  property('deep', flags => { flags.deep = true; });
  property('nested', flags => { flags.nested = true; });
  property('own', flags => { flags.own = true; });
  property('ordered', flags => { flags.ordered = true; });
  property('any', flags => { flags.any = true; flags.all = false; });
  property('all', flags => { flags.all = true; flags.any = false; });

  const truths = {
    ok: [value => !!value, 'truthy'], true: [value => value === true, 'true'],
    false: [value => value === false, 'false'], null: [value => value === null, 'null'],
    undefined: [value => value === undefined, 'undefined'], NaN: [value => value !== value, 'NaN'],
    finite: [value => typeof value === 'number' && isFinite(value), 'a finite number'],
    extensible: [value => Object.isExtensible(value), 'extensible'],
    sealed: [value => Object.isSealed(value), 'sealed'],
    frozen: [value => Object.isFrozen(value), 'frozen'],
  };
  for (const name of Object.keys(truths)) {
    const [test, word] = truths[name];
    property(name, function (flags) {
      check(this, test(flags.object), 'expected #{this} to be ' + word,
        word === 'truthy' ? 'expected #{this} to be falsy' : 'expected #{this} to not be ' + word);
    });
  }

  function exists(flags) {
    check(this, flags.object !== null && flags.object !== undefined,
      'expected #{this} to exist', 'expected #{this} to not exist');
  }
  property('exist', exists);
  property('exists', exists);

  property('empty', function (flags) {
    const value = flags.object;
    const type = typeOf(value);
    if (value === null || value === undefined || /^(number|boolean|function|symbol)$/.test(type)) {
      misuse(this, '.empty was passed non-string primitive ' + show(value));
    }
    const size = type === 'map' || type === 'set' ? value.size
      : type === 'string' || type === 'array' ? value.length : Object.keys(value).length;
    check(this, size === 0, 'expected #{this} to be empty', 'expected #{this} not to be empty');
  });

  property('arguments', function (flags) {
    check(this, typeOf(flags.object) === 'arguments', 'expected #{this} to be arguments',
      'expected #{this} to not be arguments');
  });

  chainable('a an', function (type, message) {
    if (message) this._.message = message;
    const article = /^[aeiou]/i.test(type) ? 'an ' : 'a ';
    check(this, typeOf(this._.object) === String(type).toLowerCase(),
      'expected #{this} to be ' + article + type, 'expected #{this} not to be ' + article + type);
  });

  function includes(wanted, message) {
    if (message) this._.message = message;
    const { object, deep } = this._;
    const same = (one, other) => deep ? deepEqual(one, other) : one === other || one !== one && other !== other;
    let holds;
    switch (typeOf(object)) {
      case 'string': holds = object.includes(wanted); break;
      case 'array': holds = object.some(each => same(each, wanted)); break;
      case 'set': holds = [...object].some(each => same(each, wanted)); break;
      case 'map': holds = [...object.values()].some(each => same(each, wanted)); break;
      default:
        if (object === null || typeof object !== 'object' || wanted === null || typeof wanted !== 'object') {
          misuse(this, 'object tested must be an array, a map, an object, a set, a string, or a weakset, but '
            + typeOf(object) + ' given');
        }
        holds = Object.keys(wanted).every(name => name in object && same(object[name], wanted[name]));
    }
    const verb = (deep ? 'deep ' : '') + 'include ';
    check(this, holds, 'expected #{this} to ' + verb + show(wanted),
      'expected #{this} to not ' + verb + show(wanted), wanted);
  }
  chainable('include includes contain contains', includes, flags => { flags.contains = true; });

  method('equal equals eq', function (wanted, message) {
    if (message) this._.message = message;
    if (this._.deep) return this.eql(wanted);
    check(this, this._.object === wanted, 'expected #{this} to equal #{exp}',
      'expected #{this} to not equal #{exp}', wanted, this._.object);
  });

  method('eql eqls', function (wanted, message) {
    if (message) this._.message = message;
    check(this, deepEqual(this._.object, wanted), 'expected #{this} to deeply equal #{exp}',
      'expected #{this} to not deeply equal #{exp}', wanted, this._.object);
  });

  function measure(assertion) {
    const { object, counts } = assertion._;
    if (!counts) return object;
    if (object === null || object === undefined || object.length === undefined && object.size === undefined) {
      misuse(assertion, 'expected ' + show(object) + ' to have property \'length\'');
    }
    return object.length === undefined ? object.size : object.length;
  }

  function comparison(names, word, opposite, test) {
    method(names, function (limit, message) {
      if (message) this._.message = message;
      const value = measure(this);
      if (typeOf(value) !== 'number' && typeOf(value) !== 'date') {
        misuse(this, 'expected ' + show(value) + ' to be a number or a date');
      }
      const what = this._.counts ? 'to have a length ' : 'to be ';
      check(this, test(value, limit),
        'expected #{this} ' + what + word + ' #{exp}' + (this._.counts ? ' but got #{act}' : ''),
        'expected #{this} ' + what + opposite + ' #{exp}', limit, value);
    });
  }
  comparison('above gt greaterThan', 'above', 'at most', (value, limit) => value > limit);
  comparison('least gte greaterThanOrEqual', 'at least', 'below', (value, limit) => value >= limit);
  comparison('below lt lessThan', 'below', 'at least', (value, limit) => value < limit);
  comparison('most lte lessThanOrEqual', 'at most', 'above', (value, limit) => value <= limit);

  method('within', function (low, high, message) {
    if (message) this._.message = message;
    const value = measure(this);
    const range = low + '..' + high;
    check(this, value >= low && value <= high, 'expected #{this} to be within ' + range,
      'expected #{this} to not be within ' + range);
  });

  method('closeTo approximately', function (wanted, delta, message) {
    if (message) this._.message = message;
    check(this, Math.abs(this._.object - wanted) <= delta,
      'expected #{this} to be close to ' + wanted + ' +/- ' + delta,
      'expected #{this} not to be close to ' + wanted + ' +/- ' + delta);
  });

  chainable('length lengthOf', function (wanted, message) {
    if (message) this._.message = message;
    this._.counts = true;
    const length = measure(this);
    this._.counts = false;
    check(this, length === wanted, 'expected #{this} to have a length of #{exp} but got #{act}',
      'expected #{this} to not have a length of #{exp}', wanted, length);
  }, flags => { flags.counts = true; });

  method('match matches', function (pattern, message) {
    if (message) this._.message = message;
    check(this, pattern.exec(this._.object) !== null, 'expected #{this} to match ' + pattern,
      'expected #{this} not to match ' + pattern);
  });

  method('string', function (part, message) {
    if (message) this._.message = message;
    check(this, typeof this._.object === 'string' && this._.object.includes(part),
      'expected #{this} to contain ' + show(part), 'expected #{this} to not contain ' + show(part));
  });

  function walk(object, path) {
    const steps = path.replace(/\[(\w+)\]/g, '.$1').split('.').filter(step => step !== '');
    let holder = object;
    for (let index = 0; index < steps.length; index += 1) {
      if (holder === null || holder === undefined || !(steps[index] in Object(holder))) return { found: false };
      holder = holder[steps[index]];
    }
    return { found: true, value: holder };
  }

  function hasProperty(name, value, message) {
    if (message) this._.message = message;
    const { object, nested, deep } = this._;
    if (object === null || object === undefined) {
      misuse(this, 'Target cannot be null or undefined.');
    }
    const target = nested ? walk(object, name)
      : { found: this._.own ? own(object, name) : name in Object(object), value: object[name] };
    const kind = (deep ? 'deep ' : '') + (this._.own ? 'own ' : '') + (nested ? 'nested ' : '') + 'property ';
    if (!this._.negate || arguments.length === 1) {
      check(this, target.found, 'expected #{this} to have ' + kind + show(name),
        'expected #{this} to not have ' + kind + show(name));
    }
    if (arguments.length > 1) {
      const same = target.found && (deep ? deepEqual(target.value, value) : target.value === value);
      check(this, same, 'expected #{this} to have ' + kind + show(name) + ' of #{exp}, but got #{act}',
        'expected #{this} to not have ' + kind + show(name) + ' of #{act}', value, target.value);
    }
    return new Assertion(target.value, this._.message);
  }
  method('property', hasProperty);
  method('ownProperty haveOwnProperty', function (...words) {
    this._.own = true;
    return hasProperty.apply(this, words);
  });

  chainable('key keys', function (...names) {
    const { object, any, contains } = this._;
    const wanted = names.length === 1 && typeof names[0] === 'object'
      ? Array.isArray(names[0]) ? names[0] : Object.keys(names[0]) : names.map(String);
    if (wanted.length === 0) misuse(this, 'keys required');
    if (object === null || typeof object !== 'object') misuse(this, 'expected ' + show(object) + ' to be an object');
    const actual = Object.keys(object);
    const holds = any ? wanted.some(name => actual.includes(name))
      : wanted.every(name => actual.includes(name)) && (contains || actual.length === wanted.length);
    const listed = (wanted.length > 1 ? 'keys ' : 'key ')
      + wanted.map(name => show(name)).join(', ').replace(/, ([^,]*)$/, any ? ', or $1' : ', and $1');
    const verb = contains ? 'contain ' : 'have ';
    check(this, holds, 'expected #{this} to ' + verb + listed, 'expected #{this} to not ' + verb + listed);
  });

  method('members', function (wanted, message) {
    if (message) this._.message = message;
    const { object, deep, contains, ordered } = this._;
    if (!Array.isArray(object)) misuse(this, 'expected ' + show(object) + ' to be an array');
    const same = (one, other) => deep ? deepEqual(one, other) : one === other;
    const left = object.slice();
    const holds = ordered
      ? wanted.every((each, index) => same(each, object[index])) && (contains || object.length === wanted.length)
      : wanted.every(each => {
        const index = left.findIndex(other => same(each, other));
        if (index >= 0 && !contains) left.splice(index, 1);
        return index >= 0;
      }) && (contains || left.length === 0);
    const kind = (ordered ? 'ordered ' : '') + 'members as ';
    const verb = contains ? 'be a superset of ' : 'have the same ' + kind;
    check(this, holds, 'expected #{this} to ' + verb + '#{exp}', 'expected #{this} to not ' + verb + '#{exp}',
      wanted);
  });

  method('oneOf', function (list, message) {
    if (message) this._.message = message;
    const { object, deep } = this._;
    check(this, list.some(each => deep ? deepEqual(each, object) : each === object),
      'expected #{this} to be one of #{exp}', 'expected #{this} to not be one of #{exp}', list);
  });

  method('satisfy satisfies', function (test, message) {
    if (message) this._.message = message;
    check(this, !!test(this._.object), 'expected #{this} to satisfy ' + show(test),
      'expected #{this} to not satisfy ' + show(test));
  });

  method('instanceof instanceOf', function (type, message) {
    if (message) this._.message = message;
    check(this, this._.object instanceof type, 'expected #{this} to be an instance of ' + type.name,
      'expected #{this} to not be an instance of ' + type.name);
  });

  method('respondTo respondsTo', function (name) {
    const { object } = this._;
    const holder = typeof object === 'function' ? object.prototype : object;
    check(this, typeof holder[name] === 'function', 'expected #{this} to respond to ' + show(name),
      'expected #{this} to not respond to ' + show(name));
  });

  method('throw throws Throw', function (type, text) {
    let thrown = null;
    let didThrow = false;
    try { this._.object(); } catch (error) { thrown = error; didThrow = true; }
    if (typeof type === 'string' || type instanceof RegExp) { text = type; type = undefined; }
    const message = thrown && thrown.message !== undefined ? thrown.message : String(thrown);
    const holds = didThrow && (type === undefined || thrown === type || typeof type === 'function' && thrown instanceof type)
      && (text === undefined || (text instanceof RegExp ? text.test(message) : message.includes(text)));
    check(this, holds, 'expected #{this} to throw ' + (type && type.name || 'an error')
      + (didThrow ? ' but ' + show(thrown) + ' was thrown' : ''),
      'expected #{this} to not throw an error but ' + show(thrown) + ' was thrown');
  });

  function expect(value, message) { return new Assertion(value, message); }
  expect.fail = function (actual, expected, message) {
    if (arguments.length < 2) throw new AssertionError(actual === undefined ? 'expect.fail()' : actual);
    throw new AssertionError(message === undefined ? 'expect.fail()' : message, actual, expected);
  };

  global.__expect = { expect, Assertion, AssertionError, check, property, method, show, deepEqual, walk };
})(globalThis);
