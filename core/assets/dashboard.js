/**
 * Keeps a page of the dashboard up to date. The server draws the whole page; this script asks for it again when a run changes or
 * when the filters change, and replaces the parts that differ, so that focus, scrolling and open sections stay.
 */

const main = document.getElementById('main');
const connection = document.getElementById('connection');

/** Smallest time between two requests, and its least multiple of the duration of a request. */
const PAUSE = 400;
const SHARE = 5;

let busy = false;
let wanted = false;

/** Asks for the page and shows it; requests that come meanwhile are answered by one more. */
async function refresh() {
  if (busy) {
    wanted = true;
    return;
  }
  [busy, wanted] = [true, false];
  const started = performance.now();
  try {
    const address = location.href;
    const response = await fetch(address, { headers: { accept: 'text/html' } });
    const text = await response.text();
    if (response.ok && address === location.href) show(text);
  } catch {
    // The event stream shows that the server is gone.
  }
  const pause = wanted ? 0 : Math.max(PAUSE, SHARE * (performance.now() - started));
  setTimeout(() => {
    busy = false;
    if (wanted) void refresh();
  }, pause);
}

function show(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  const next = page.getElementById('main');
  if (!next) return;
  document.title = page.title;
  replace(main, document.adoptNode(next));
}

/** Makes a node equal to another one with as few changes as possible. Elements with an id are recognised by it. */
function replace(now, next) {
  if (now.isEqualNode(next)) return;
  if (now.nodeType !== Node.ELEMENT_NODE || now.nodeName !== next.nodeName || now.id !== next.id) {
    now.replaceWith(next);
    return;
  }
  replaceAttributes(now, next);
  replaceChildren(now, next);
}

function replaceAttributes(now, next) {
  // Which sections are open, and the text that is being typed, are the reader's.
  const kept = name => (now.nodeName === 'DETAILS' && name === 'open') || (now.type === 'search' && name === 'value');
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name) && !kept(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (now.getAttribute(name) !== value && !kept(name)) now.setAttribute(name, value);
  if (now.type === 'checkbox') now.checked = next.checked;
}

function replaceChildren(now, next) {
  const known = new Map([...now.children].filter(({ id }) => id !== '').map(child => [child.id, child]));
  let place = now.firstChild;
  for (const child of [...next.childNodes]) {
    const same = child.id
      ? known.get(child.id)
      : place && !place.id && place.nodeName === child.nodeName
        ? place
        : null;
    if (!same) {
      now.insertBefore(child, place);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else now.insertBefore(same, place);
    replace(same, child);
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

/** Events say that a run changed. A page that is not seen has no connection. */
let source;

function connect() {
  if (document.hidden) {
    source?.close();
    source = undefined;
    return;
  }
  if (source) return;
  source = new EventSource('/events');
  source.onmessage = ({ data }) => {
    tell('live', 'live');
    if (data !== main.dataset.revision) void refresh();
  };
  source.onerror = () =>
    tell('lost', source?.readyState === EventSource.CLOSED ? 'not connected: reload the page' : 'not connected');
}

function tell(state, text) {
  connection.className = `connection ${state}`;
  if (connection.textContent !== text) connection.textContent = text;
}

/** Puts the filters and ticks into the address, in the order in which runs were ticked, so that their colours stay. */
function choose(form) {
  const chosen = new URLSearchParams(new FormData(form));
  const ticked = new Set(chosen.getAll('run'));
  const before = main.querySelectorAll('.legend [data-run]');
  const order = [...before].map(({ dataset }) => dataset.run).filter(name => ticked.has(name));
  chosen.delete('run');
  for (const { name, value } of form.querySelectorAll('select, [type=search]'))
    if (value === '' || value === form.elements[name].options?.[0].value) chosen.delete(name);
  if (ticked.size > 0) chosen.delete('chosen');
  for (const name of new Set([...order, ...ticked])) chosen.append('run', name);
  history.replaceState(null, '', `/?${chosen}`);
  void refresh();
}

/** Values under the pointer, read from the drawn lines. Readers without a pointer have the table of last values. */
const readout = document.createElement('div');
readout.className = 'readout';
readout.hidden = true;
document.body.append(readout);

function read({ target, clientX, clientY }) {
  const chart = target.closest?.('.chart');
  const svg = chart?.querySelector('svg');
  const lines = svg ? [...svg.querySelectorAll('.mark-line path')] : [];
  if (lines.length === 0) {
    readout.hidden = true;
    return;
  }
  const [left, top, width, height, first, last, low, high] = chart.dataset.plot.split(' ').map(Number);
  const box = svg.getBoundingClientRect();
  const scale = svg.viewBox.baseVal.width / box.width;
  const x = Math.min(Math.max((clientX - box.left) * scale - left, 0), width);
  const step = first + (x / width) * (last - first);
  const values = lines.map(line => ({ line, value: high - (heightAt(line, x) / height) * (high - low) }));
  readout.replaceChildren(row('step', Math.round(step).toLocaleString('en-GB')));
  for (const { line, value } of values.filter(one => Number.isFinite(one.value)).sort((a, b) => b.value - a.value))
    readout.append(row(swatch(line), Number(value.toPrecision(4))));
  readout.hidden = false;
  place(clientX, clientY, { x: box.left + (x + left) / scale, top: box.top + top / scale, height: height / scale });
}

/** Vertical place of a line at a horizontal one; its corners are in order. */
function heightAt(line, x) {
  const corners = line
    .getAttribute('d')
    .slice(1)
    .split(/[ML]/)
    .map(text => text.split(',').map(Number));
  const after = corners.findIndex(([at]) => at >= x);
  if (after <= 0) return after === 0 && corners[0][0] - x < 2 ? corners[0][1] : NaN;
  const [[x0, y0], [x1, y1]] = [corners[after - 1], corners[after]];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

function row(name, value) {
  const line = document.createElement('div');
  line.append(name, ` ${value}`);
  return line;
}

function swatch(line) {
  const mark = document.querySelector('.swatch')?.cloneNode(true) ?? document.createElement('span');
  for (const name of ['stroke', 'stroke-dasharray'])
    mark.firstElementChild?.setAttribute(name, line.getAttribute(name));
  return mark;
}

/** Puts the values beside the pointer, where there is room, and a rule through the chart. */
function place(x, y, rule) {
  const { width, height } = readout.getBoundingClientRect();
  const beside = x + width + 24 > innerWidth ? x - width - 14 : x + 14;
  readout.style.left = `${Math.max(0, beside)}px`;
  readout.style.top = `${Math.max(0, Math.min(y + 14, innerHeight - height - 8))}px`;
  readout.style.setProperty('--rule-left', `${rule.x - beside}px`);
  readout.style.setProperty('--rule-top', `${rule.top - parseFloat(readout.style.top)}px`);
  readout.style.setProperty('--rule-height', `${rule.height}px`);
}

document.addEventListener('pointermove', read);
document.addEventListener('pointerleave', () => (readout.hidden = true));
document.addEventListener('scroll', () => (readout.hidden = true), { passive: true });

let typing;

document.addEventListener('input', ({ target }) => {
  if (!target.form) return;
  clearTimeout(typing);
  typing = setTimeout(() => choose(target.form), target.type === 'search' ? 150 : 0);
});
document.addEventListener('submit', event => {
  event.preventDefault();
  choose(event.target);
});
document.addEventListener('visibilitychange', connect);
addEventListener('pagehide', () => source?.close());
addEventListener('pageshow', event => {
  if (!event.persisted) return;
  source = undefined;
  connect();
});
connect();
