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
  for (const { name } of [...now.attributes])
    if (!next.hasAttribute(name) && !kept(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (now.getAttribute(name) !== value && !kept(name)) now.setAttribute(name, value);
  if (now.type === 'checkbox') now.checked = next.checked;
}

function replaceChildren(now, next) {
  const known = new Map([...now.children].filter(({ id }) => id !== '').map(child => [child.id, child]));
  let place = now.firstChild;
  for (const child of [...next.childNodes]) {
    const same = child.id ? known.get(child.id) : place && !place.id && place.nodeName === child.nodeName ? place : null;
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
  source.onerror = () => tell('lost', source?.readyState === EventSource.CLOSED ? 'not connected: reload the page' : 'not connected');
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
  for (const [name, value] of [...chosen]) if (value === '') chosen.delete(name);
  for (const name of new Set([...order, ...ticked])) chosen.append('run', name);
  history.replaceState(null, '', `/?${chosen}`);
  void refresh();
}

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
