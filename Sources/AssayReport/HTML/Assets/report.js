'use strict';
// Makes views of the page's sections, and unpacks the calls that somebody looks at. Without it all
// that matters is there to be read. Texts become text nodes and nothing else.
//
// It is one file, since the page's policy allows one script by its digest, and nothing builds it.
(function () {
  const root = document.documentElement;
  const byId = id => document.getElementById(id);

  /** An element with attributes, handlers (on…) and children: elements or texts. */
  function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else if (key === 'class') node.className = value;
      else node.setAttribute(key, value === true ? '' : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child === undefined || child === null || child === false || child === '') continue;
      node.append(child);
    }
    return node;
  }

  // MARK: What is packed

  async function unpack(id) {
    const text = atob(byId(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return JSON.parse(await new Response(stream).text());
  }

  const unpacked = new Map();
  /** A piece by its id; the last few stay. */
  function piece(id) {
    if (!unpacked.has(id)) {
      if (unpacked.size > 24) unpacked.delete(unpacked.keys().next().value);
      unpacked.set(id, unpack(id));
    }
    return unpacked.get(id);
  }

  let index = null;
  let placeOf = new Map();
  let laneCount = 0;

  async function callAt(place) {
    const chunk = await piece('calls-' + Math.floor(place / index.inChunk));
    return chunk[place % index.inChunk];
  }

  async function bodyOf(number) {
    if (number < 0) return null;
    let chunk = 0;
    while (index.bodyStarts[chunk + 1] <= number) chunk += 1;
    return (await piece('bodies-' + chunk))[number - index.bodyStarts[chunk]];
  }

  const text = number => index.texts[number];
  const phases = ['paced', 'queued', 'dns', 'connect', 'tls', 'send', 'wait', 'receive'];
  const outcomes = ['failed', 'could not be judged', 'held', 'held at a later attempt', 'not judged'];
  const marks = ['✗', '!', '✓', '↻', '○'];

  function brief(time) {
    if (time < 1000) return time + ' µs';
    if (time < 1e6) return Math.floor(time / 1000) + ' ms';
    return (time / 1e6).toFixed(2) + ' s';
  }

  function title(place) {
    const folder = text(index.folder[place]);
    const round = text(index.round[place]);
    return (folder ? folder + ' / ' : '') + text(index.name[place]) + (round ? ' [' + round + ']' : '');
  }

  // MARK: Where we are

  function read() {
    const raw = location.hash.slice(1);
    if (raw.includes('=')) {
      const found = new URLSearchParams(raw);
      return { v: found.get('v') || 'failures', q: found.get('q') || '', c: found.get('c') || '',
        t: found.get('t') || '', o: found.get('o') || '', theme: found.get('theme') || '' };
    }
    const target = raw && byId(raw);
    const state = { v: 'failures', q: '', c: '', t: '', o: '', theme: root.dataset.theme || '' };
    if (target && target.classList.contains('cause')) state.o = raw;
    else if (target && target.tagName === 'SECTION') state.v = raw;
    return state;
  }

  let state = read();

  function hash(next) {
    const found = new URLSearchParams();
    for (const key of ['v', 'q', 'c', 't', 'o', 'theme']) if (next[key]) found.set(key, next[key]);
    return '#' + found.toString();
  }

  /** Goes somewhere; the way back is the browser's own. */
  function go(change, quietly) {
    const next = Object.assign({}, state, change);
    if (quietly) {
      history.replaceState(null, '', hash(next));
      state = next;
      show();
    } else {
      location.hash = hash(next);
    }
  }

  const sections = Array.from(document.querySelectorAll('main > section'));
  const tabs = Array.from(document.querySelectorAll('.tabs a'));
  let shownView = '';

  function show() {
    if (state.theme) root.dataset.theme = state.theme; else delete root.dataset.theme;
    const view = byId(state.v) && byId(state.v).tagName === 'SECTION' ? state.v : 'failures';
    for (const section of sections) section.hidden = section.id !== view;
    for (const tab of tabs) {
      if (tab.dataset.view === view) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
      tab.setAttribute('href', hash({ v: tab.dataset.view, theme: state.theme, q: tab.dataset.view === 'requests' ? state.q : '' }));
    }
    if (shownView && shownView !== view && document.activeElement === document.body) {
      byId(view + '-title').focus({ preventScroll: true });
    }
    shownView = view;
    if (state.o && byId(state.o)) {
      byId(state.o).open = true;
      select(byId(state.o), false);
    }
    if (!index) return;
    if (view === 'requests') showCalls();
    if (view === 'timeline') drawLanes();
  }

  // MARK: Copying

  function toast(message) {
    const note = el('div', { class: 'toast', role: 'status' }, message);
    document.body.append(note);
    setTimeout(() => note.remove(), 1800);
  }

  async function copy(what, content) {
    try {
      await navigator.clipboard.writeText(content);
    } catch (refusal) {
      const area = el('textarea', { 'aria-label': 'to copy' });
      area.value = content;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    toast(what + ' copied');
  }

  function repro(place) {
    return index.repro ? index.repro + ' --only ' + index.id[place] + ' --with-deps'
      : 'assay replay ' + index.run + ' ' + index.id[place];
  }

  async function markdown(place) {
    const call = await callAt(place);
    const lines = ['**' + text(index.method[place]) + ' ' + text(index.url[place]) + '** → ' + (index.status[place] || 'no response'), ''];
    for (const check of call.v) {
      if (!check.id) continue;
      lines.push('- ' + check.n + ': ' + (check.m || '') + (check.p ? ' (`' + check.p + '`)' : ''));
      for (const found of check.x || []) {
        lines.push('  - `' + found.a + '` expected ' + found.e + ', received ' + found.g + (found.p ? ' (`' + found.p + '`)' : ''));
      }
    }
    return lines.concat(['', '```sh', repro(place), '```']).join('\n');
  }

  function actions(place) {
    const link = location.href.split('#')[0] + hash({ v: 'requests', c: index.number[place] });
    return el('p', { class: 'actions' },
      el('button', { type: 'button', onclick: () => copy('The line', repro(place)) }, 'Copy repro'),
      el('button', { type: 'button', onclick: () => copyCurl(place) }, 'Copy curl'),
      el('button', { type: 'button', onclick: () => copy('The link', link) }, 'Copy link'),
      el('button', { type: 'button', onclick: async () => copy('Markdown', await markdown(place)) }, 'Copy Markdown'));
  }

  async function copyCurl(place) {
    const call = await callAt(place);
    copy('The command', call.curl || 'assay curl ' + index.run + ' ' + index.id[place]);
  }

  // MARK: Causes

  const causes = Array.from(document.querySelectorAll('.cause'));
  let current = null;

  function select(cause, withFocus) {
    if (current) current.classList.remove('current');
    current = cause;
    if (!cause) return;
    cause.classList.add('current');
    if (withFocus) cause.querySelector('summary').focus();
    cause.scrollIntoView({ block: 'nearest' });
  }

  async function complete(cause) {
    if (!cause.open || !index || cause.dataset.done) return;
    cause.dataset.done = 'yes';
    const place = placeOf.get(Number(cause.dataset.step));
    if (place === undefined) return;
    let article = cause.querySelector('article');
    if (!article) {
      // Only the first causes have their failure in the page as it came.
      const call = await callAt(place);
      article = el('article', { class: 'failure' },
        heading(place), el('p', { class: 'path' }, title(place)), checks(call, true));
      cause.append(article);
    }
    article.append(actions(place));
  }

  for (const cause of causes) {
    cause.addEventListener('toggle', () => complete(cause));
    cause.querySelector('summary').addEventListener('click', () => select(cause, false));
  }

  // MARK: Searching

  let found = [];
  let lastQuery = null;
  let haystack = null;
  const bodyHits = new Map();
  const order = { by: 'plan' };

  function parse(query) {
    const words = query.match(/!?(?:[\w-]+:)?(?:"[^"]*"|\S+)/g) || [];
    return words.map(word => {
      const isNot = word.startsWith('!');
      const parts = /^(?:([a-z]+):)?"?([^]*?)"?$/.exec((isNot ? word.slice(1) : word).toLowerCase());
      return { isNot, field: parts[1] || '', value: parts[2] };
    }).filter(term => term.value);
  }

  function statusFits(status, value) {
    if (/^[1-5]xx$/.test(value)) return Math.floor(status / 100) === Number(value[0]);
    return value === 'none' ? status === 0 : String(status).startsWith(value);
  }

  function causesAt(place) { return (index.causes[place] || []).map(text); }

  function someCause(place, test) {
    return causesAt(place).some(id => test(index.causeFacts[id] || ['', '', '', '']));
  }

  function is(place, value) {
    const kind = index.state[place];
    switch (value) {
      case 'fail': case 'failed': return kind < 2;
      case 'ok': case 'passed': return kind === 2 || kind === 3;
      case 'flaky': return kind === 3;
      case 'unjudged': return kind === 1 || kind === 4;
      case 'new': return someCause(place, facts => facts[3] === 'new');
      case 'known': return someCause(place, facts => facts[3] === 'still');
      case 'slow': return index.service[place] >= index.slow;
      default: return false;
    }
  }

  function fits(place, term) {
    const value = term.value;
    switch (term.field) {
      case '': return haystack[place].includes(value);
      case 'is': return is(place, value);
      case 'status': return statusFits(index.status[place], value);
      case 'op': return text(index.operation[place]).toLowerCase().includes(value);
      case 'method': return text(index.method[place]).toLowerCase() === value;
      case 'url': case 'path': return text(index.url[place]).toLowerCase().includes(value);
      case 'name': return text(index.name[place]).toLowerCase().includes(value);
      case 'folder': return text(index.folder[place]).toLowerCase().includes(value);
      case 'iter': case 'row': return text(index.round[place]).toLowerCase() === value;
      case 'id': return index.id[place].startsWith(value) || value.startsWith(index.id[place]);
      case 'cause': return causesAt(place).some(id => id.startsWith(value));
      case 'rule': return someCause(place, facts => facts[0].toLowerCase().includes(value));
      case 'ptr': return someCause(place, facts => facts[1].toLowerCase().includes(value));
      case 'spec': return someCause(place, facts => facts[2].toLowerCase().includes(value));
      case 'text': return (bodyHits.get(value) || new Set()).has(index.requestBody[place])
        || (bodyHits.get(value) || new Set()).has(index.responseBody[place]);
      default: return haystack[place].includes(term.field + ':' + value);
    }
  }

  /** The bodies that hold a text: all are unpacked once for it, piece by piece. */
  async function scan(value) {
    const hits = new Set();
    for (let chunk = 0; chunk + 1 < index.bodyStarts.length; chunk += 1) {
      const bodies = await unpack('bodies-' + chunk);
      bodies.forEach((body, place) => {
        if (typeof body === 'string' && body.toLowerCase().includes(value)) hits.add(index.bodyStarts[chunk] + place);
      });
    }
    bodyHits.set(value, hits);
  }

  async function search() {
    const query = state.q;
    const terms = parse(query);
    for (const term of terms) {
      if (term.field === 'text' && !bodyHits.has(term.value)) {
        output.textContent = 'looking through bodies…';
        await scan(term.value);
        if (state.q !== query) return;
      }
    }
    const all = index.number.length;
    found = [];
    for (let place = 0; place < all; place += 1) {
      if (terms.every(term => fits(place, term) !== term.isNot)) found.push(place);
    }
    if (order.by === 'plan') found.sort((a, b) => index.number[a] - index.number[b]);
    if (order.by === 'slowest') found.sort((a, b) => index.service[b] - index.service[a]);
    output.textContent = (terms.length ? found.length.toLocaleString('en') + ' of ' : '') + all.toLocaleString('en') + ' calls';
    lastQuery = query + ' ' + order.by;
    list.scrollTop = 0;
    fill();
  }

  // MARK: The list

  const rowHeight = 38;
  let input, output, list, rows, split, panel;

  function build() {
    const sorts = [['plan', 'as planned'], ['failures', 'failures first'], ['slowest', 'slowest first']].map(([by, words]) =>
      el('button', { type: 'button', 'aria-pressed': String(by === order.by), onclick: event => {
        order.by = by;
        for (const each of sorts) each.setAttribute('aria-pressed', String(each === event.currentTarget));
        search();
      } }, words));
    input = el('input', { type: 'search', id: 'query', autocomplete: 'off', spellcheck: 'false',
      'aria-label': 'Search calls', placeholder: 'is:fail status:5xx op: rule: cause: text: !not', oninput: () => {
        state.q = input.value;
        history.replaceState(null, '', hash(state));
        search();
      } });
    output = el('output', { 'aria-live': 'polite', for: 'query' });
    rows = el('div', { role: 'presentation' });
    list = el('div', { class: 'list', role: 'listbox', tabindex: '0', 'aria-label': 'Calls', onscroll: () => fill(), onkeydown: keyInList }, rows);
    panel = el('div', { class: 'call', hidden: true, tabindex: '-1', role: 'region', 'aria-label': 'The call' });
    split = el('div', { class: 'split' }, list, panel);
    byId('calls').replaceChildren(el('div', { class: 'filter' }, input, sorts, output), split);
    haystack = index.number.map((number, place) =>
      (title(place) + ' ' + text(index.method[place]) + ' ' + text(index.url[place]) + ' ' + index.status[place] + ' ' + text(index.operation[place])).toLowerCase());
  }

  function fill() {
    if (!list || list.offsetParent === null) return;
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 6);
    const last = Math.min(found.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + 6);
    rows.style.height = found.length * rowHeight + 'px';
    const nodes = [];
    for (let at = first; at < last; at += 1) nodes.push(row(found[at], at));
    rows.replaceChildren(...nodes);
    const open = nodes.find(node => node.getAttribute('aria-selected') === 'true');
    if (open) list.setAttribute('aria-activedescendant', open.id); else list.removeAttribute('aria-activedescendant');
  }

  function row(place, at) {
    const number = index.number[place];
    const kind = index.state[place];
    const node = el('a', { class: 'row', role: 'option', id: 'row-' + number, tabindex: '-1', 'aria-posinset': at + 1, 'aria-setsize': found.length,
      'aria-selected': String(String(number) === state.c), href: hash(Object.assign({}, state, { v: 'requests', c: String(number) })) },
      el('span', { class: 's' + kind, title: outcomes[kind] }, marks[kind], el('span', { class: 'skip' }, ' ' + outcomes[kind])),
      el('span', {}, title(place)),
      el('span', { class: 'what mono' }, text(index.method[place]) + ' ' + text(index.url[place])),
      el('span', { class: 'num' }, index.status[place] ? String(index.status[place]) : '–'),
      el('span', { class: 'num' }, brief(index.service[place])));
    node.style.top = at * rowHeight + 'px';
    return node;
  }

  function move(step) {
    if (!found.length) return;
    const now = found.findIndex(place => String(index.number[place]) === state.c);
    const next = now < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(found.length - 1, Math.max(0, now + step));
    go({ c: String(index.number[found[next]]) }, true);
  }

  function keyInList(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -1e9, End: 1e9 };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(steps[event.key]);
  }

  async function showCalls() {
    if (!list) build();
    if (input.value !== state.q) input.value = state.q;
    if (lastQuery !== state.q + ' ' + order.by) await search();
    const place = state.c === '' ? undefined : placeOf.get(Number(state.c));
    split.classList.toggle('open', place !== undefined);
    panel.hidden = place === undefined;
    fill();
    if (place === undefined) return;
    const at = found.indexOf(place);
    if (at >= 0) {
      const top = at * rowHeight;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
      fill();
    }
    await showCall(place);
  }

  // MARK: One call

  function heading(place) {
    const status = index.status[place];
    const kind = !status || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good';
    return el('h3', {}, el('span', { class: 'method' }, text(index.method[place])), ' ' + text(index.url[place]) + ' ',
      el('span', { class: 'status ' + kind }, status ? String(status) : 'no response'));
  }

  function lines(block) {
    const code = el('code', {});
    for (const [, content, start, end] of block) {
      if (start === undefined) {
        code.append(content + '\n');
      } else {
        code.append(el('span', { class: 'hit' }, content.slice(0, start), el('mark', {}, content.slice(start, end)), content.slice(end) + '\n'));
      }
    }
    return el('pre', { class: 'lines' },
      el('span', { class: 'numbers', 'aria-hidden': 'true' }, block.map(line => line[0] === null ? '+' : line[0]).join('\n')), code);
  }

  function finding(each) {
    return el('div', { class: 'sides' },
      el('figure', { class: 'received' },
        el('figcaption', {}, el('span', { class: 'side' }, 'received'), el('code', {}, each.a || each.i)),
        each.r && lines(each.r), el('p', { class: 'say' }, each.g ? 'received ' + each.g : each.m)),
      el('figure', { class: 'expected' },
        el('figcaption', {}, el('span', { class: 'side' }, 'expected'), each.p && el('code', {}, each.p)),
        each.d && lines(each.d), el('p', { class: 'say' }, (each.e ? 'expected ' + each.e : each.m) + (each.why ? ' · ' + each.why : ''))));
  }

  function checks(call, badOnly) {
    const bad = call.v.filter(check => check.o === 'failed' || check.o === 'error');
    const rest = badOnly ? [] : call.v.filter(check => !bad.includes(check));
    return el('ul', { class: 'checks' }, bad.concat(rest).map(check => el('li', { class: check.o },
      el('span', { class: 'outcome' }, check.o.replace('-', ' ')), el('strong', {}, check.n), check.m ? ' ' + check.m : '',
      check.p && !check.x && el('p', { class: 'path' }, check.p),
      check.s && el('figure', { class: 'received' }, lines(check.s)),
      (check.x || []).map(finding))));
  }

  function fields(pairs) {
    if (!pairs) return el('p', { class: 'path' }, 'The fields are not in this page; the journal has them.');
    return el('dl', { class: 'fields' }, pairs.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  }

  /** JSON on lines of its own, with numbers and texts as they came. */
  function laidOut(source) {
    try { JSON.parse(source); } catch (error) { return source; }
    let result = '', depth = 0, at = 0;
    const pad = () => '\n' + '  '.repeat(depth);
    while (at < source.length) {
      const one = source[at];
      if (one === '"') {
        let end = at + 1;
        while (source[end] !== '"') end += source[end] === '\\' ? 2 : 1;
        result += source.slice(at, end + 1);
        at = end;
      } else if (one === '{' || one === '[') {
        let next = at + 1;
        while (/\s/.test(source[next])) next += 1;
        if (source[next] === '}' || source[next] === ']') {
          result += one + source[next];
          at = next;
        } else {
          depth += 1;
          result += one + pad();
        }
      } else if (one === '}' || one === ']') {
        depth -= 1;
        result += pad() + one;
      } else if (one === ',') {
        result += one + pad();
      } else if (one === ':') {
        result += ': ';
      } else if (!/\s/.test(one)) {
        result += one;
      }
      at += 1;
    }
    return result;
  }

  const shownLines = 2000;

  function bodyView(body, size, name) {
    if (body === null) return el('p', { class: 'path' }, size > 0 ? size.toLocaleString('en') + ' bytes, which are not in this page; the journal has them.' : 'No body.');
    const isText = typeof body === 'string';
    const raw = isText ? body : body.hex.replace(/(..)/g, '$1 ').replace(/((?:.. ){16})/g, '$1\n');
    const pretty = isText && raw.length < 2e6 ? laidOut(raw) : raw;
    const holder = el('div', { class: 'body' });
    function draw(content, isWhole) {
      const all = content.split('\n');
      const some = isWhole ? all : all.slice(0, shownLines);
      holder.replaceChildren(lines(some.map((line, at) => [at + 1, line])));
      if (some.length < all.length) {
        holder.append(el('button', { type: 'button', onclick: () => draw(content, true) }, 'Show all ' + all.length.toLocaleString('en') + ' lines'));
      }
    }
    draw(pretty, false);
    return el('div', {},
      el('p', { class: 'actions' },
        el('span', { class: 'label' }, size.toLocaleString('en') + ' bytes' + (isText ? '' : ', no text: the first of them')),
        pretty !== raw && el('button', { type: 'button', 'aria-pressed': 'false', onclick: event => {
          const isRaw = event.currentTarget.getAttribute('aria-pressed') !== 'true';
          event.currentTarget.setAttribute('aria-pressed', String(isRaw));
          draw(isRaw ? raw : pretty, false);
        } }, 'As it came'),
        el('button', { type: 'button', onclick: () => copy(name, raw) }, 'Copy')),
      holder);
  }

  function timing(place) {
    const total = phases.reduce((sum, name) => sum + index[name][place], 0) || 1;
    const bar = el('div', { class: 'spans', 'aria-hidden': 'true' });
    const rows = [];
    for (const name of phases) {
      const time = index[name][place];
      if (!time) continue;
      const span = el('span', { class: name });
      span.style.width = time / total * 100 + '%';
      bar.append(span);
      rows.push(el('tr', {}, el('th', { scope: 'row' }, el('span', { class: 'swatch ' + name, 'aria-hidden': 'true' }), name),
        el('td', {}, brief(time)), el('td', {}, name === 'paced' || name === 'queued' ? 'ours' : 'network and API')));
    }
    return el('div', {}, bar, el('table', { class: 'figures narrow' },
      el('thead', {}, el('tr', {}, ['phase', 'time', 'whose'].map(name => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, rows, el('tr', {}, el('th', { scope: 'row' }, 'service'), el('td', {}, brief(index.service[place])), el('td', {}, 'without our waiting')))));
  }

  function more(call) {
    const items = [];
    const add = (name, values) => { for (const value of values || []) items.push([name, value]); };
    add('redirect', call.hops);
    add('attempt', call.attempts);
    add('note', call.notes);
    if (call.peer) items.push(['peer', call.peer + (call.reused ? ', an open connection' : ', a new connection')]);
    if (call.sent) items.push(['sent', call.sent + ' times over: the first connection was dead']);
    const sources = (call.from || []).filter(number => placeOf.has(number));
    return el('div', {}, items.length ? el('dl', { class: 'fields' }, items.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])) : el('p', { class: 'path' }, 'Nothing more was told.'),
      sources.length ? el('p', {}, 'Its variables come from ', sources.map(number => [el('a', { href: hash({ v: 'requests', c: number }) }, title(placeOf.get(number))), ' '])) : '');
  }

  async function showCall(place) {
    const number = state.c;
    const call = await callAt(place);
    const [sent, received] = await Promise.all([bodyOf(index.requestBody[place]), bodyOf(index.responseBody[place])]);
    if (state.c !== number) return;
    const pages = [['checks', 'Checks ' + (index.checks[place] - index.bad[place]) + '/' + index.checks[place]], ['request', 'Request'], ['response', 'Response'], ['timing', 'Timing']];
    if (call.log) pages.push(['log', 'Script log ' + call.log.length]);
    pages.push(['more', 'More']);
    const chosen = pages.some(page => page[0] === state.t) ? state.t : 'checks';
    const content = {
      checks: () => checks(call, false),
      request: () => el('div', {}, fields(call.q && call.q.h), bodyView(sent, call.q ? call.q.z : 0, 'The body')),
      response: () => call.r ? el('div', {}, el('p', { class: 'path' }, call.r.t), fields(call.r.h), bodyView(received, call.r.z, 'The body')) : el('p', { class: 'path' }, call.fault || 'Nothing was sent.'),
      timing: () => timing(place),
      log: () => el('dl', { class: 'fields' }, (call.log || []).map(([level, line]) => [el('dt', {}, level), el('dd', {}, line)])),
      more: () => more(call),
    }[chosen]();
    const tablist = el('div', { role: 'tablist', 'aria-label': 'Parts of the call', onkeydown: event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const at = pages.findIndex(page => page[0] === chosen);
      go({ t: pages[(at + step + pages.length) % pages.length][0] }, true);
      setTimeout(() => { const tab = panel.querySelector('[aria-selected="true"]'); if (tab) tab.focus(); }, 60);
    } }, pages.map(([id, name]) => el('button', { type: 'button', role: 'tab', id: 'tab-' + id, 'aria-selected': String(id === chosen),
      'aria-controls': 'tabpanel', tabindex: id === chosen ? '0' : '-1', onclick: () => go({ t: id }, true) }, name)));
    panel.replaceChildren(
      el('button', { type: 'button', class: 'close', 'aria-label': 'Close the call', onclick: () => go({ c: '', t: '' }) }, '✕'),
      heading(place),
      el('p', { class: 'path' }, text(index.suite[place]) + ' › ' + title(place) + ' · ' + text(index.place[place]) + ' · ' + index.id[place] + (text(index.operation[place]) ? ' · ' + text(index.operation[place]) : '')),
      actions(place), tablist, el('div', { role: 'tabpanel', id: 'tabpanel', 'aria-labelledby': 'tab-' + chosen, tabindex: '0' }, content));
  }

  // MARK: The timeline

  const view = { from: 0, to: 1 };
  let canvas, tip, spans;

  function layOut() {
    spans = index.number.map((number, place) => {
      const whole = index.paced[place] + index.queued[place] + index.service[place];
      return { place, start: Math.max(0, index.end[place] - whole), end: index.end[place], lane: 0 };
    }).filter(span => span.end > 0).sort((a, b) => a.start - b.start);
    const free = [];
    for (const span of spans) {
      // Waiting takes no lane: a lane is a call in flight.
      const start = span.start + index.paced[span.place] + index.queued[span.place];
      let lane = free.findIndex(end => end <= start);
      if (lane < 0) lane = free.length;
      free[lane] = span.end;
      span.lane = lane;
    }
    laneCount = Math.max(1, free.length);
    view.to = spans.reduce((most, span) => Math.max(most, span.end), 1);
    view.all = view.to;
  }

  function drawLanes() {
    if (!canvas) {
      layOut();
      canvas = el('canvas', { tabindex: '0', role: 'img', 'aria-label': 'Calls over time; the table below has the slowest', onmousemove: pointAt, onmouseleave: () => { tip.hidden = true; }, onclick: openAt, onwheel: zoomAt, onkeydown: keyOnLanes });
      tip = el('div', { class: 'tip', hidden: true });
      document.body.append(tip);
      byId('lanes').append(
        el('p', { class: 'actions' },
          el('button', { type: 'button', onclick: () => zoom(.5) }, 'Zoom in'), el('button', { type: 'button', onclick: () => zoom(2) }, 'Zoom out'),
          el('button', { type: 'button', onclick: () => { view.from = 0; view.to = view.all; drawLanes(); } }, 'All of it')),
        canvas,
        el('p', { class: 'legend' }, [['paced', 'paced: our rate limit'], ['queued', 'queued: waiting for a slot'], ['connect', 'dns, connect, tls'], ['wait', 'send, wait'], ['receive', 'receive']].map(([name, words]) =>
          el('span', {}, el('span', { class: 'swatch ' + name, 'aria-hidden': 'true' }), words))));
    }
    const width = canvas.clientWidth || byId('lanes').clientWidth || 800;
    const lane = Math.max(3, Math.min(18, Math.floor(420 / laneCount)));
    const height = laneCount * lane + 34;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.height = height + 'px';
    const pen = canvas.getContext('2d');
    pen.scale(ratio, ratio);
    const style = getComputedStyle(root);
    const color = name => style.getPropertyValue('--' + name).trim();
    const colors = { paced: color('paced'), queued: color('queued'), dns: color('setup'), connect: color('setup'), tls: color('setup'), send: color('wait'), wait: color('wait'), receive: color('receive') };
    const scale = width / (view.to - view.from);
    pen.font = '12px system-ui, sans-serif';
    pen.fillStyle = color('soft');
    const ticks = Math.max(2, Math.min(8, Math.floor(width / 110)));
    for (let tick = 0; tick <= ticks; tick += 1) {
      const time = view.from + (view.to - view.from) * tick / ticks;
      const x = Math.min(width - 52, Math.max(4, (time - view.from) * scale));
      pen.fillText(brief(Math.round(time)), x, height - 8);
    }
    const bad = color('bad');
    for (const span of spans) {
      if (span.end < view.from || span.start > view.to) continue;
      let at = span.start;
      const y = 6 + span.lane * lane;
      for (const name of phases) {
        const time = index[name][span.place];
        if (!time) continue;
        const x = (at - view.from) * scale;
        const isOurs = name === 'paced' || name === 'queued';
        pen.fillStyle = colors[name];
        pen.globalAlpha = isOurs ? .55 : 1;
        pen.fillRect(x, isOurs ? y + lane / 2 - 1 : y, Math.max(.6, time * scale), isOurs ? 2 : Math.max(2, lane - 2));
        at += time;
      }
      pen.globalAlpha = 1;
      if (index.state[span.place] < 2) {
        pen.fillStyle = bad;
        pen.fillRect(Math.max(0, (span.end - view.from) * scale - 2), y, 3, Math.max(2, lane - 2));
      }
    }
    canvas.lane = lane;
  }

  function spanAt(event) {
    const box = canvas.getBoundingClientRect();
    const time = view.from + (event.clientX - box.left) / box.width * (view.to - view.from);
    const lane = Math.floor((event.clientY - box.top - 6) / canvas.lane);
    const slack = (view.to - view.from) / box.width * 3;
    return spans.find(span => span.lane === lane && span.start - slack <= time && time <= span.end + slack);
  }

  function pointAt(event) {
    const span = spanAt(event);
    tip.hidden = !span;
    if (!span) return;
    const place = span.place;
    tip.textContent = title(place) + '\n' + text(index.method[place]) + ' ' + (index.status[place] || 'no response') + ' · ' + phases.filter(name => index[name][place]).map(name => name + ' ' + brief(index[name][place])).join(' · ');
    tip.style.left = Math.min(innerWidth - 430, event.clientX + 14) + 'px';
    tip.style.top = event.clientY + 16 + 'px';
  }

  function openAt(event) {
    const span = spanAt(event);
    if (span) go({ v: 'requests', q: '', c: String(index.number[span.place]), t: 'timing' });
  }

  function zoom(factor, around) {
    const middle = around === undefined ? (view.from + view.to) / 2 : around;
    const length = Math.min(view.all, Math.max(1000, (view.to - view.from) * factor));
    const part = (middle - view.from) / (view.to - view.from);
    view.from = Math.max(0, Math.min(view.all - length, middle - length * part));
    view.to = view.from + length;
    drawLanes();
  }

  function zoomAt(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.25 : .8, view.from + (event.clientX - box.left) / box.width * (view.to - view.from));
  }

  function keyOnLanes(event) {
    const step = { ArrowLeft: -.2, ArrowRight: .2 }[event.key];
    if (step) {
      const length = view.to - view.from;
      view.from = Math.max(0, Math.min(view.all - length, view.from + step * length));
      view.to = view.from + length;
      drawLanes();
      event.preventDefault();
    } else if (event.key === '+' || event.key === '-') {
      zoom(event.key === '+' ? .5 : 2);
    }
  }

  // MARK: Tables

  /** What a cell is ordered by: times and shares by what they are, the rest as text. */
  function rank(cell) {
    const content = cell ? cell.textContent.replace(/[✓✗○!,]/g, '').trim() : '';
    const timed = /^([\d.]+) (µs|ms|s)$/.exec(content);
    if (timed) return Number(timed[1]) * { 'µs': 1, ms: 1000, s: 1e6 }[timed[2]];
    const number = parseFloat(content);
    return Number.isNaN(number) ? content.toLowerCase() : number;
  }

  function sortable(table) {
    const heads = Array.from(table.querySelectorAll('thead th'));
    heads.forEach((head, column) => {
      const name = head.textContent;
      if (!name) return;
      head.replaceChildren(el('button', { type: 'button', onclick: () => {
        const isUp = head.getAttribute('aria-sort') === 'descending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
        const body = table.tBodies[0];
        const ranked = Array.from(body.rows).map(line => [rank(line.cells[column]), line]);
        ranked.sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === 'number' ? 1 : -1) * (isUp ? 1 : -1));
        body.append(...ranked.map(each => each[1]));
      } }, name));
    });
  }

  function offerCSV(table) {
    const button = el('button', { type: 'button', onclick: () => {
      const quote = cell => '"' + cell.textContent.replace(/"/g, '""').replace(/^[=+@-]/, "'$&") + '"';
      const csv = Array.from(table.rows).map(line => Array.from(line.cells).map(quote).join(',')).join('\r\n');
      const link = el('a', { href: 'data:text/csv;charset=utf-8,' + encodeURIComponent(csv), download: 'coverage.csv' });
      link.click();
    } }, 'Save as CSV');
    table.parentNode.before(el('p', { class: 'actions' }, button));
  }

  // MARK: Keys

  const keys = [['/', 'search the calls'], ['j  k', 'next, previous'], ['n  p', 'next, previous failure'], ['Enter', 'open'], ['c', 'copy the line that does it again'],
    ['u', 'copy a curl command'], ['[  ]', 'the same request in another iteration'], ['f  r  m  t  l  d  e', 'failures, requests, matrix, timeline, latency, differences, environment'], ['?', 'this help'], ['Esc', 'close, or go back']];

  let help = null;
  function openHelp() {
    if (!help) {
      help = el('dialog', { 'aria-labelledby': 'help-title' }, el('h3', { id: 'help-title' }, 'Keys'),
        el('dl', {}, keys.map(([key, words]) => [el('dt', {}, key.split('  ').map(one => [el('kbd', {}, one), ' '])), el('dd', {}, words)])),
        el('p', { class: 'path' }, 'A search is made of words and of is:fail, new, known, flaky, slow or unjudged, status:5xx, op:, url:, name:, folder:, method:, rule:, ptr:, spec:, cause:, id:, row:, iter: and text:, which looks into bodies; ! turns one around.'),
        el('form', { method: 'dialog' }, el('button', {}, 'Close')));
      document.body.append(help);
    }
    help.showModal();
  }

  function placeInFocus() {
    if (state.v === 'requests' && state.c !== '') return placeOf.get(Number(state.c));
    if (state.v === 'failures' && current) return placeOf.get(Number(current.dataset.step));
    return undefined;
  }

  function step(by, isFailure) {
    if (state.v === 'failures') {
      const at = causes.indexOf(current);
      const next = causes[Math.min(causes.length - 1, Math.max(0, at + by))];
      if (!next) return;
      if (isFailure) {
        if (current && current !== next) current.open = false;
        next.open = true;
      }
      select(next, true);
    } else if (state.v === 'requests' && found.length) {
      if (!isFailure) return move(by);
      let at = found.findIndex(place => String(index.number[place]) === state.c);
      do at += by; while (at >= 0 && at < found.length && index.state[found[at]] > 1);
      if (at >= 0 && at < found.length) go({ c: String(index.number[found[at]]) }, true);
    }
  }

  function otherRound(by) {
    const place = placeInFocus();
    if (place === undefined) return;
    const same = index.number.map((number, at) => at).filter(at => index.name[at] === index.name[place] && index.folder[at] === index.folder[place] && index.suite[at] === index.suite[place])
      .sort((a, b) => index.number[a] - index.number[b]);
    const next = same[same.indexOf(place) + by];
    if (next !== undefined) go({ v: 'requests', c: String(index.number[next]) }, true);
  }

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === 'Escape') {
      if (help && help.open) return;
      if (isTyping) document.activeElement.blur();
      else if (state.v === 'requests' && state.c !== '') go({ c: '', t: '' });
      else if (state.v !== 'failures') go({ v: 'failures', c: '', t: '' });
      return;
    }
    if (isTyping || !index) return;
    const views = { f: 'failures', r: 'requests', m: 'coverage', t: 'timeline', l: 'latency', d: 'compare', e: 'environment' };
    if (event.key in views) {
      if (byId(views[event.key])) go({ v: views[event.key], o: '' });
    } else {
      switch (event.key) {
        case '/': event.preventDefault(); go({ v: 'requests' }); setTimeout(() => input && input.focus(), 60); break;
        case 'j': step(1, false); break;
        case 'k': step(-1, false); break;
        case 'n': step(1, true); break;
        case 'p': step(-1, true); break;
        case '[': otherRound(-1); break;
        case ']': otherRound(1); break;
        case 'c': if (placeInFocus() !== undefined) copy('The line', repro(placeInFocus())); break;
        case 'u': if (placeInFocus() !== undefined) copyCurl(placeInFocus()); break;
        case '?': openHelp(); break;
        default: return;
      }
    }
  });

  // MARK: The beginning

  if (typeof DecompressionStream === 'undefined') return;
  root.classList.add('js');
  for (const tab of tabs) tab.dataset.view = tab.getAttribute('href').slice(1);
  byId('tools').append(
    el('button', { type: 'button', 'aria-label': 'Change between light and dark', onclick: () => {
      const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      go({ theme: isDark ? 'light' : 'dark' }, true);
    } }, 'Light / dark'),
    el('button', { type: 'button', onclick: openHelp }, 'Keys'));
  window.addEventListener('hashchange', () => {
    state = read();
    show();
  });
  window.addEventListener('resize', () => { fill(); if (canvas && state.v === 'timeline') drawLanes(); });
  window.addEventListener('beforeprint', () => { for (const cause of causes) cause.open = true; });
  for (const table of document.querySelectorAll('table.coverage, .wide table.figures')) sortable(table);
  if (byId('matrix')) offerCSV(byId('matrix'));
  show();
  // The page begins at its head, also where a link led to the first of its views.
  if (!location.hash.includes('=') && !state.o) scrollTo(0, 0);
  unpack('index').then(unpackedIndex => {
    index = unpackedIndex;
    index.number.forEach((number, place) => placeOf.set(number, place));
    const times = index.service.slice().sort((a, b) => a - b);
    index.slow = times[Math.floor(times.length * .95)] || 0;
    show();
    for (const cause of causes) complete(cause);
    if (!current && causes.length) current = causes[0];
    root.dataset.ready = 'yes';
    performance.mark('ready');
  });
})();
