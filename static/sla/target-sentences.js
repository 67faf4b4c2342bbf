/* In the page editor: asks for the sentences of the targets while they are typed. Without this
   script they are there after saving. */

const readBack = () => {
  const panel = document.querySelector("[data-target-sentences]");
  const form = panel && panel.closest("form");
  if (!form) return;
  const list = panel.querySelector("[data-sentences]");
  const empty = panel.querySelector("[data-when-empty]");
  const address = panel.dataset.targetSentences;
  let waiting = 0;
  let asked = 0;
  let last = null;

  const typed = () => {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith("targets-") && typeof value === "string") data.append(name, value);
    }
    return data;
  };

  const line = (language, direction, text) => {
    const paragraph = document.createElement("p");
    if (language) paragraph.lang = language;
    paragraph.dir = direction;
    paragraph.textContent = text;
    return paragraph;
  };

  const show = (sentences) => {
    list.replaceChildren(
      ...sentences.map((each) => {
        const item = document.createElement("li");
        // A promise in words is shown as it was written.
        if (each.fa === each.en) item.append(line("", "auto", each.fa));
        else item.append(line("fa", "rtl", each.fa), line("en", "ltr", each.en));
        return item;
      }),
    );
    empty.hidden = sentences.length > 0;
  };

  const ask = async () => {
    const data = typed();
    const now = new URLSearchParams(data).toString();
    if (now === last) return;
    last = now;
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: data,
        headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      if (!answer.ok || mine !== asked) return;
      show((await answer.json()).sentences);
    } catch {
      last = null; // The network is away: what was saved stays shown.
    }
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  };
  // Typing, and whatever the editor adds, moves or takes away: the targets stand just above.
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  const targets = panel.closest(".w-panel")?.previousElementSibling;
  if (targets) new MutationObserver(soon).observe(targets, { childList: true, subtree: true });
};

// The admin puts its scripts before the content.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", readBack);
else readBack();
