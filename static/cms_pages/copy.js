// Copy buttons: <button hidden data-copy="…" data-copied="…" data-select="…">, status beside it.

// navigator.clipboard exists on https and localhost only; elsewhere the old way through a selection.
const bySelection = (text) => {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  return done;
};

const copy = async (text) => {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      /* refused: try the old way */
    }
  }
  return bySelection(text);
};

// Neither way works: mark the text so that a long press or Ctrl+C copies them.
const mark = (button) => {
  const value = button.closest(".code-card, .snippet")?.querySelector(".code-value, code");
  if (!value) return;
  const range = document.createRange();
  range.selectNodeContents(value);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(button.dataset.copy);
    button.focus();
    if (!done) mark(button);
    if (status) {
      status.textContent = done ? button.dataset.copied : button.dataset.select;
      setTimeout(() => (status.textContent = ""), 6000);
    }
  });
}
