// Pages keep themselves up to date: [data-live="name"] marks a part that may change, an element with
// [data-live-source] says where to ask. Once a minute, while somebody looks, that address is asked;
// it mostly answers 304. When its answer differs, the parts of the frame are taken from it. A page
// with parts of its own in <main>, and without a form there, is read anew for them.
// What is new in a [data-live-say] is said once to screen readers.

const MINUTE = 60_000;
const LONGEST = 15 * MINUTE;
const SOONEST = 5_000;
// What people and other scripts do to an element: it stays.
const THEIRS = new Set(["open", "hidden"]);

const source = document.querySelector("[data-live-source]")?.dataset.liveSource;
const partsOf = (root) => new Map([...root.querySelectorAll("[data-live]")].map((part) => [part.dataset.live, part]));
// As the server wrote them: this script runs before the others.
const seen = new Map([...partsOf(document)].map(([name, part]) => [name, part.cloneNode(true)]));

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");

const read = async (address) => {
  const answer = await fetch(address, {
    cache: "no-cache",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
};

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
const keyOf = (node) => node.id || node.dataset?.notice || node.dataset?.key;
const alike = (one, other) => one.nodeName === other.nodeName && !keyOf(one) && !keyOf(other);

// Make an element like another one and leave alone what is the same: focus, selection and what was
// opened stay where they are.
const become = (now, next) => {
  for (const { name, value } of next.attributes) {
    if (!THEIRS.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!THEIRS.has(name) && !next.hasAttribute(name)) now.removeAttribute(name);
  }
  const known = new Map([...now.children].map((child) => [keyOf(child), child]));
  let here = now.firstChild;
  for (const node of next.childNodes) {
    const match = keyOf(node) ? known.get(keyOf(node)) : here && alike(here, node) && here;
    if (!match) {
      now.insertBefore(document.importNode(node, true), here);
      continue;
    }
    if (match === here) here = here.nextSibling;
    else now.insertBefore(match, here);
    if (node.nodeType === Node.ELEMENT_NODE) become(match, node);
    else if (match.data !== node.data) match.data = node.data;
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
};

const sentences = (part) =>
  [part, ...part.querySelectorAll("*")]
    .filter((element) => element.hasAttribute("data-live-say"))
    .map((element) => element.textContent.replace(/\s+/g, " ").trim());

const swap = (fresh) => {
  const news = [];
  for (const [name, part] of partsOf(document)) {
    const next = fresh.get(name);
    if (!next || next.isEqualNode(seen.get(name))) continue;
    const known = sentences(seen.get(name));
    news.push(...sentences(next).filter((sentence) => !known.includes(sentence)));
    const held = part.contains(document.activeElement);
    become(part, next);
    if (held && !part.contains(document.activeElement)) {
      document.getElementById("main")?.focus({ preventScroll: true });
    }
    seen.set(name, next.cloneNode(true));
  }
  document.dispatchEvent(new CustomEvent("desk:live"));
  if (news.length) said.textContent = news.join(" – ");
};

let last = "";
let asked = Date.now();
let failures = 0;
let timer = 0;
let busy = false;

const look = async () => {
  clearTimeout(timer);
  if (document.hidden || busy) return;
  busy = true;
  asked = Date.now();
  try {
    const text = await read(source);
    if (text !== last) {
      const own = document.querySelector("main [data-live], main[data-live]") && !document.querySelector("main form");
      swap(partsOf(parsed(own ? await read(location.href) : text)));
      last = text;
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  busy = false;
  // Not all pages of a town at the same second.
  timer = setTimeout(look, Math.min(MINUTE * 2 ** failures, LONGEST) * (0.9 + Math.random() / 5));
};

const again = () => {
  if (Date.now() - asked > SOONEST) look();
};

if (source) {
  document.body.append(said);
  timer = setTimeout(look, MINUTE);
  document.addEventListener("visibilitychange", again);
  window.addEventListener("online", again);
  window.addEventListener("pageshow", again);
}
