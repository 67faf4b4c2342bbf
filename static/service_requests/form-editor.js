// The editor of request forms: suggests the questions above a condition, and typing stays free.
const BOX = "input[data-earlier-question]";
const LABEL = 'input[name$="-value-label"]';

function labelsBefore(box) {
  const found = new Set();
  for (const input of document.querySelectorAll(LABEL)) {
    const before = input.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING;
    const own = box.name.startsWith(input.name.slice(0, -"label".length));
    if (before && !own && input.value.trim()) found.add(input.value.trim());
  }
  return found;
}

document.addEventListener("focusin", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.matches(BOX)) return;
  let list = document.getElementById("desk-earlier-questions");
  if (!list) {
    list = document.createElement("datalist");
    list.id = "desk-earlier-questions";
    document.body.append(list);
  }
  list.replaceChildren(
    ...[...labelsBefore(box)].map((label) => Object.assign(document.createElement("option"), { value: label })),
  );
  box.setAttribute("list", list.id);
});
