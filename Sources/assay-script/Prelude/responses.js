// What responses and requests can be asked in words: `pm.response.to.have.status(200)` and its like.
// Evaluated with the vocabulary that it extends.

(function (vocabulary, parts) {
  'use strict';

  const { Assertion, AssertionError, check, property, method, show, deepEqual, walk } = vocabulary;
  const { ScriptResponse, ScriptRequest, PropertyList, reasons, validator } = parts;

  const plain = name => Object.getOwnPropertyDescriptor(Assertion.prototype, name).get;
  const fail = (assertion, text) => { throw new AssertionError((assertion._.message ? assertion._.message + ': ' : '') + text); };

  // Each word looks at what it was given first, since it extends every assertion.
  function response(assertion) {
    const value = assertion._.object;
    if (!(value instanceof ScriptResponse)) fail(assertion, 'expecting a postman response object but got ' + show(value));
    return value;
  }

  for (const [word, types, name] of [['postmanResponse', [ScriptResponse], 'response'], ['postmanRequest', [ScriptRequest], 'request'],
    ['postmanRequestOrResponse', [ScriptRequest, ScriptResponse], 'request or response']]) {
    property(word, function ({ object }) {
      check(this, types.some(type => object instanceof type), 'expecting a postman ' + name + ' object but got #{this}',
        'not expecting a postman ' + name + ' object but got #{this}');
    });
  }

  function statusCode(wanted) {
    const found = response(this).code;
    check(this, found === Number(wanted), 'expected response to have status code #{exp} but got #{act}',
      'expected response to not have status code #{act}', Number(wanted), found);
  }
  function statusReason(wanted) {
    const found = response(this).status;
    check(this, found === wanted, 'expected response to have status reason #{exp} but got #{act}',
      'expected response to not have status reason #{act}', wanted, found);
  }
  method('statusCode', statusCode);
  method('statusReason', statusReason);
  method('status', function (wanted) { (typeof wanted === 'number' ? statusCode : statusReason).call(this, wanted); });
  method('statusCodeClass', function (wanted) {
    const found = Math.floor(response(this).code / 100);
    check(this, found === wanted, 'expected response code to be ' + wanted + 'XX but found ' + response(this).code,
      'expected response code to not be ' + wanted + 'XX', wanted, found);
  });
  const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };
  for (const word of Object.keys(classes)) {
    property(word, function () {
      const code = response(this).code;
      check(this, Math.floor(code / 100) === classes[word], 'expected response code to be ' + classes[word] + 'XX but found ' + code,
        'expected response code to not be ' + classes[word] + 'XX but found ' + code);
    });
  }
  property('error', function () {
    const code = response(this).code;
    check(this, code >= 400 && code < 600, 'expected response code to be 4XX or 5XX but found ' + code,
      'expected response code to not be 4XX or 5XX but found ' + code);
  });
  // Code and reason phrase both.
  const named = { ok: 200, accepted: 202, withoutContent: 204, badRequest: 400, unauthorized: 401, unauthorised: 401, forbidden: 403,
    notFound: 404, notAcceptable: 406, rateLimited: 429 };
  const truthy = plain('ok');
  for (const word of Object.keys(named)) {
    property(word, function ({ object }) {
      if (word === 'ok' && !(object instanceof ScriptResponse)) return truthy.call(this);
      const found = response(this);
      const wanted = reasons[named[word]];
      if (found.code !== named[word] && !this._.negate) {
        fail(this, 'expected response to have status reason ' + show(wanted) + ' but got ' + show(found.status));
      }
      check(this, found.code === named[word] && String(found.status).toUpperCase() === wanted.toUpperCase(),
        'expected response to have status reason #{exp} but got #{act}', 'expected response to not have status reason #{act}', wanted, found.status);
    });
  }

  method('header', function (name, value) {
    const holder = this._.object;
    const headers = holder && holder.headers;
    if (!(headers instanceof PropertyList)) fail(this, 'expecting a postman request or response object but got ' + show(holder));
    const what = holder instanceof ScriptResponse ? 'response' : 'request';
    if (arguments.length < 2 || !this._.negate) {
      check(this, headers.has(name), 'expected ' + what + " to have header with key '" + name + "'",
        'expected ' + what + " to not have header with key '" + name + "'");
    }
    if (arguments.length < 2) return;
    const found = headers.get(name);
    check(this, found === value, "expected '" + name + "' " + what + ' header to be #{exp} but got #{act}',
      "expected '" + name + "' " + what + ' header to not be #{act}', value, found);
  });

  // The body as JSON, and why it is none.
  function parsed(assertion) {
    try { return { json: response(assertion).json() }; } catch (error) {
      if (error instanceof AssertionError) throw error;
      return { error: error.message };
    }
  }
  function isJSON(assertion, { error }) {
    check(assertion, error === undefined, 'expected response body to be a valid json but got error ' + error,
      'expected response body not to be a valid json');
  }
  property('json', function () { isJSON(this, parsed(this)); });
  property('withBody', function () {
    check(this, response(this).text() !== '', 'expected response to have content in body', 'expected response to not have content in body');
  });
  method('body', function (wanted) {
    const text = response(this).text();
    if (arguments.length === 0) {
      return void check(this, text !== '', 'expected response to have content in body', 'expected response to not have content in body');
    }
    if (wanted instanceof RegExp) {
      return void check(this, wanted.test(text), 'expected response body text to match #{exp} but got #{act}',
        'expected response body text #{act} to not match #{exp}', wanted, text);
    }
    if (wanted !== null && typeof wanted === 'object') return void jsonBody.call(this, wanted);
    check(this, text === String(wanted), 'expected response body to equal #{exp} but got #{act}', 'expected response body to not equal #{act}', wanted, text);
  });
  function jsonBody(path, value) {
    const body = parsed(this);
    if (arguments.length === 0) return void isJSON(this, body);
    const { json } = body;
    if (typeof path !== 'string') {
      return void check(this, !body.error && deepEqual(json, path), 'expected response body json to equal #{exp} but got #{act}',
        'expected response body json to not equal #{act}', path, json);
    }
    const target = body.error ? { found: false } : walk(json, path);
    if (arguments.length === 1) {
      return void check(this, target.found, 'expected #{act} in response to contain property \'' + path + "'",
        'expected #{act} in response to not contain property \'' + path + "'", true, json);
    }
    const flags = this._;
    const holds = target.found && deepEqual(target.value, value);
    if (flags.negate ? holds : !holds) {
      fail(this, 'expected response body json at "' + path + '" to ' + (flags.negate ? 'not contain ' + show(target.value)
        : 'contain ' + show(value) + ' but got ' + show(target.value)));
    }
  }
  method('jsonBody', jsonBody);

  method('jsonSchema', function (schema, options) {
    const value = this._.object;
    const data = value instanceof ScriptResponse || value instanceof ScriptRequest && value.json ? value.json() : value;
    const ajv = new (validator())(Object.assign({ allErrors: true, logger: false }, options));
    const holds = ajv.validate(schema, data);
    const errors = (ajv.errors || []).map(({ dataPath, instancePath, message }) => {
      const path = dataPath === undefined ? instancePath : dataPath;
      return 'data' + (path && path[0] !== '.' && path[0] !== '[' && path[0] !== '/' ? '.' : '') + path + ' ' + message;
    });
    check(this, holds, 'expected data to satisfy schema but found following errors: \n' + errors.join(', '),
      'expected data to not satisfy schema', true, holds);
  });

  for (const word of ['responseTime', 'responseSize']) {
    property(word, function ({ message, negate }) { return new Assertion(response(this)[word], message, negate ? { negate } : {}); });
  }
});
