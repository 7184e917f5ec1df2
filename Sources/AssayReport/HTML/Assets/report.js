'use strict';
// Filters the list of requests. Without this script everything is there and open to be read.
(function () {
  const box = document.querySelector('.filter');
  const input = document.getElementById('filter');
  const shown = document.getElementById('shown');
  const rows = Array.from(document.querySelectorAll('.requests > li'));
  if (!box || !input || rows.length === 0) return;
  box.hidden = false;

  const texts = rows.map(row => row.querySelector('summary').textContent.toLowerCase());

  function apply() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      const fits = words.every(word => word[0] === '!' ? !texts[index].includes(word.slice(1)) : texts[index].includes(word));
      row.hidden = !fits;
      if (fits) count += 1;
    });
    shown.textContent = words.length ? count + ' of ' + rows.length : '';
    const hash = words.length ? '#q=' + encodeURIComponent(input.value) : ' ';
    if (hash !== location.hash) history.replaceState(null, '', hash.trim() || location.pathname);
  }

  input.addEventListener('input', apply);
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape' && document.activeElement === input) {
      input.value = '';
      apply();
      input.blur();
    }
  });

  const query = /^#q=(.*)$/.exec(location.hash);
  if (query) {
    try { input.value = decodeURIComponent(query[1]); } catch (error) { input.value = ''; }
    apply();
  }
})();
