// Expressions of the assertion vocabulary, each of which passes or fails with a sentence. The real
// library and ours have to agree on every one. Evaluated with `expect`, `assert` and `should` at hand.

const values = [
  ['undefined', undefined], ['null', null], ['true', true], ['false', false], ['0', 0], ['-0', -0], ['1', 1], ['-1.5', -1.5], ['NaN', NaN],
  ['Infinity', Infinity], ["''", ''], ["'a'", 'a'], ["'abc'", 'abc'], ["'it\\'s\\n'", "it's\n"], ["'x'.repeat(60)", 'x'.repeat(60)],
  ['[]', []], ['[1]', [1]], ['[1, 2, 3]', [1, 2, 3]], ['[[1], { a: 1 }]', [[1], { a: 1 }]], ["['a', 'b']", ['a', 'b']],
  ['range(30)', Array.from({ length: 30 }, (_, i) => i)], ['{}', {}], ['{ a: 1 }', { a: 1 }], ['{ a: 1, b: 2 }', { a: 1, b: 2 }],
  ["{ a: { b: [1, { c: 'd' }] } }", { a: { b: [1, { c: 'd' }] } }], ["{ 'x-y': 1, name: 'n' }", { 'x-y': 1, name: 'n' }],
  ['big', { alpha: 'aaaaaaaaaa', beta: 'bbbbbbbbbb', gamma: 'gggggggggg', delta: 4 }], ['sym', Symbol('s')], ['fn', function named() {}],
  ['arrow', (() => {})], ['/x+/gi', /x+/gi], ['date', new Date(0)], ['new Map', new Map([['a', 1], ['b', { c: 2 }]])], ['new Set', new Set([1, 'a', {}])],
  ['error', new Error('boom')], ['typeError', new TypeError('bad type')], ['instance', new (class Shape { constructor() { this.sides = 3; } })()],
  ['nullProto', Object.assign(Object.create(null), { a: 1 })], ['10n', 10n], ['bytes', new Uint8Array([1, 2, 3])], ['promise', Promise.resolve(1)],
  ['boxed', new String('boxed')], ['sparse', [1, , 3]], ['args', (function () { return arguments; })(1, 'a')], ['frozen', Object.freeze({ a: 1 })],
  ['deepArray', [[[[[1]]]]]], ['throwing', () => { throw new TypeError('thrown here'); }], ['throwsText', () => { throw 'text'; }], ['quiet', () => 1],
];
const words = [
  e => e.to.be.ok, e => e.to.be.true, e => e.to.be.false, e => e.to.be.null, e => e.to.be.undefined, e => e.to.be.NaN, e => e.to.exist, e => e.to.be.empty,
  e => e.to.be.finite, e => e.to.be.extensible, e => e.to.be.sealed, e => e.to.be.frozen, e => e.to.be.arguments, e => e.to.be.a('string'), e => e.to.be.an('array'),
  e => e.to.be.an('object'), e => e.to.be.a('number'), e => e.to.be.a('function'), e => e.to.be.a('null'), e => e.to.be.an('error'), e => e.to.be.a('date'),
  e => e.to.equal(1), e => e.to.equal('a'), e => e.to.equal(null), e => e.to.eql([1, 2, 3]), e => e.to.eql({ a: 1 }), e => e.to.eql({}), e => e.to.eql(NaN), e => e.to.deep.equal([]),
  e => e.to.eql(new Date(0)), e => e.to.eql({ a: { b: [1, { c: 'd' }] } }), e => e.to.be.above(0), e => e.to.be.at.least(1), e => e.to.be.below(2), e => e.to.be.at.most(1),
  e => e.to.be.within(0, 2), e => e.to.be.closeTo(1, 0.5), e => e.to.be.closeTo(1), e => e.to.be.above('x'), e => e.to.be.above(new Date(1)),
  e => e.to.have.length(3), e => e.to.have.lengthOf(1), e => e.to.have.lengthOf.above(2), e => e.to.have.lengthOf.at.most(2), e => e.to.have.lengthOf.within(1, 2),
  e => e.to.have.length.below(2), e => e.to.include(1), e => e.to.include('a'), e => e.to.include({ a: 1 }), e => e.to.deep.include({ a: 1 }), e => e.to.deep.include({ c: 2 }),
  e => e.to.contain('b'), e => e.to.include({ a: 1, b: 2 }), e => e.to.nested.include({ 'a.b[0]': 1 }), e => e.to.include(null),
  e => e.to.have.property('a'), e => e.to.have.property('a', 1), e => e.to.have.property('length'), e => e.to.have.own.property('a'), e => e.to.have.nested.property('a.b[1].c'),
  e => e.to.have.nested.property('a.b[1].c', 'd'), e => e.to.have.deep.property('a', { b: [1, { c: 'd' }] }), e => e.to.have.property('x-y', 2), e => e.to.have.property(null),
  e => e.to.have.property('a').that.is.a('string'), e => e.to.have.nested.own.property('a'), e => e.to.have.ownPropertyDescriptor('a'),
  e => e.to.have.keys('a'), e => e.to.have.all.keys('a', 'b'), e => e.to.have.any.keys('a', 'z'), e => e.to.contain.keys('a'), e => e.to.have.keys(['a', 'b']), e => e.to.have.keys({ a: 1, b: 2 }),
  e => e.to.include.any.keys('q'), e => e.to.have.keys(), e => e.to.have.keys(['a'], 'b'), e => e.to.have.all.deep.keys('a', 'b'),
  e => e.to.have.members([1, 2, 3]), e => e.to.have.members([3, 2, 1]), e => e.to.have.ordered.members([3, 2, 1]), e => e.to.include.members([2]), e => e.to.have.deep.members([[1], { a: 1 }]),
  e => e.to.include.ordered.members([1, 2]), e => e.to.have.members('x'), e => e.to.be.oneOf([1, 'a', null]), e => e.to.deep.be.oneOf([{ a: 1 }]), e => e.to.contain.oneOf(['a']), e => e.to.be.oneOf('x'),
  e => e.to.match(/a/), e => e.to.have.string('b'), e => e.to.be.instanceof(Array), e => e.to.be.an.instanceOf(Error), e => e.to.be.instanceof(1), e => e.to.satisfy(v => v === 1),
  e => e.to.respondTo('then'), e => e.to.throw(), e => e.to.throw(TypeError), e => e.to.throw(RangeError), e => e.to.throw('here'), e => e.to.throw(/nowhere/), e => e.to.throw(TypeError, 'here'),
  e => e.to.throw(TypeError, 'nowhere'), e => e.to.throw(RangeError, /nowhere/), e => e.to.throw(new TypeError('other')), e => e.to.be.tru, e => e.to.equals.foo, e => e.to.hav.property('a'), e => e.to.include.members,
];
const singles = [
  ({ expect }) => { let n = 1; expect(() => { n += 2; }).to.change(() => n).by(2); }, ({ expect }) => { let n = 1; expect(() => { n += 2; }).to.increase(() => n).by(3); },
  ({ expect }) => { const o = { n: 1 }; expect(() => { o.n -= 1; }).to.decrease(o, 'n'); }, ({ expect }) => { const o = { n: 1 }; expect(() => { o.n -= 1; }).to.increase(o, 'n'); },
  ({ expect }) => { const o = { n: 1 }; expect(() => {}).to.change(o, 'n'); }, ({ expect }) => { const o = { n: 1 }; expect(() => { o.n = 2; }).to.not.change(o, 'n'); },
  ({ expect }) => expect(1, 'a label').to.equal(2), ({ expect }) => expect(1).to.equal(2, 'another label'), ({ expect }) => expect.fail('given up'), ({ expect }) => expect.fail(1, 2, 'both'),
  ({ expect }) => expect.fail(), ({ expect }) => expect({ a: 1 }).to.have.property('b', undefined), ({ expect }) => expect({ a: 1, b: 2 }).to.not.include({ a: 1, b: 2 }),
  ({ expect }) => expect({ a: 1, b: 2 }).to.not.include({ a: 1, b: 3 }), ({ expect }) => expect({ a: 1, b: 2 }).to.not.have.any.keys('a', 'z'), ({ expect }) => expect([1, 2]).to.not.have.members([2, 1]),
  ({ expect }) => expect(new Date(5)).to.be.above(new Date(6)), ({ expect }) => expect(new Date(5)).to.be.within(new Date(6), new Date(7)), ({ expect }) => expect(new Set([1])).to.have.lengthOf(2),
  ({ expect }) => expect([0]).to.eql([-0]), ({ expect }) => expect(/a/).to.eql(/a/g), ({ expect }) => expect(new Set([1, 2])).to.eql(new Set([2, 1])), ({ expect }) => expect([, 1]).to.eql([undefined, 1]),
  ({ expect }) => expect(new Error('x')).to.eql(new Error('x')), ({ expect }) => expect({ a: undefined }).to.eql({}), ({ expect }) => expect(Object.create({ a: 1 })).to.eql({ a: 1 }),
  ({ expect }) => { class A { m() {} } expect(A).to.respondTo('m'); expect(A).itself.to.respondTo('m'); }, ({ expect }) => expect('a').to.be.a('string').and.equal('b'),
  ({ assert }) => assert(false, 'plain'), ({ assert }) => assert(false), ({ assert }) => assert.equal(1, '1'), ({ assert }) => assert.equal(1, 2), ({ assert }) => assert.equal(1, 2, 'label'),
  ({ assert }) => assert.notEqual(1, 1), ({ assert }) => assert.strictEqual(1, '1'), ({ assert }) => assert.deepEqual({ a: 1 }, { a: 2 }), ({ assert }) => assert.isTrue(1), ({ assert }) => assert.isNotTrue(true),
  ({ assert }) => assert.isNull(1), ({ assert }) => assert.isNotNull(null), ({ assert }) => assert.isUndefined(1), ({ assert }) => assert.isDefined(undefined), ({ assert }) => assert.isArray({}),
  ({ assert }) => assert.isObject([]), ({ assert }) => assert.typeOf('a', 'number'), ({ assert }) => assert.instanceOf({}, Array), ({ assert }) => assert.include('abc', 'z'),
  ({ assert }) => assert.property({ a: 1 }, 'b'), ({ assert }) => assert.propertyVal({ a: 1 }, 'a', 2), ({ assert }) => assert.nestedProperty({ a: { b: 1 } }, 'a.c'), ({ assert }) => assert.lengthOf([1], 2),
  ({ assert }) => assert.hasAllKeys({ a: 1 }, ['a', 'b']), ({ assert }) => assert.throws(() => {}), ({ assert }) => assert.throws(() => { throw new Error('x'); }, /y/), ({ assert }) => assert.doesNotThrow(() => { throw new Error('x'); }),
  ({ assert }) => assert.operator(1, '>', 2), ({ assert }) => assert.closeTo(1, 2, 0.5), ({ assert }) => assert.sameMembers([1, 2], [2, 3]),
  ({ assert }) => assert.oneOf(1, [2]), ({ assert }) => assert.isEmpty([1]), ({ assert }) => assert.isAbove(1, 2), ({ assert }) => assert.isOk(0), ({ assert }) => assert.match('a', /b/),
  ({ assert }) => assert.fail('m'), ({ assert }) => assert.isFrozen({}), ({ assert }) => assert.includeMembers([1], [2]), ({ assert }) => assert.isBelow(3, 2, 'label'), ({ assert }) => assert.ifError(null),
  ({ assert }) => { const o = { n: 1 }; assert.changes(() => {}, o, 'n'); }, ({ assert }) => { let n = 1; assert.increasesBy(() => { n += 1; }, () => n, 2); },
  ({ should }) => { should(); (5).should.equal(6); }, ({ should }) => { const s = should(); s.exist(null); }, ({ should }) => { const s = should(); s.not.exist(1); }, ({ should }) => { should(); 'a'.should.be.a('number'); },
  ({ should }) => { should(); ({ a: 1 }).should.have.property('b'); },
];

globalThis.chaiResults = function (chai) {
  const results = [];
  const run = (name, action) => {
    try { action(); results.push(name + ' => passed'); } catch (error) { // What the engine says of a value that has no members names the library's own variables.
      results.push(name + ' => ' + (error && error.name) + (error instanceof TypeError ? '' : ': ' + (error && error.message))); }
  };
  for (const [name, value] of values) {
    words.forEach((word, index) => {
      const text = String(word).replace(/^e => e/, '');
      run('expect(' + name + ')' + text, () => word(chai.expect(value)));
      run('expect(' + name + ').not' + text, () => word(chai.expect(value).not));
    });
  }
  const hadShould = 'should' in Object.prototype;
  singles.forEach(action => run(String(action), () => action(chai)));
  if (!hadShould) delete Object.prototype.should;
  return results;
};
