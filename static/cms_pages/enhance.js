// Small comforts for every page. Nothing here is needed to finish a task.

// Buttons that need a script are hidden in the markup and shown here.
const reveal = (selector, act) => {
  for (const element of document.querySelectorAll(selector)) {
    element.hidden = false;
    element.addEventListener("click", act);
  }
};

// <button hidden data-print>: the browser's own print.
reveal("[data-print]", () => window.print());

// <form data-once>: a second click within eight seconds sends nothing. The server does not
// depend on it: the same submission twice gives the same request.
for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    // Held back by another script (the human check): that was no sending.
    if (event.defaultPrevented) return;
    const now = Date.now();
    if (now - sent < 8000) {
      event.preventDefault();
      return;
    }
    sent = now;
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.setAttribute("aria-disabled", "true");
      setTimeout(() => button.removeAttribute("aria-disabled"), 8000);
    }
  });
  // The page may come back from the browser's own cache, with its buttons as they were left.
  window.addEventListener("pageshow", () => {
    sent = 0;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });
}

// <div data-show-when="person_type=legal">: shown while that answer is chosen. Several values: a|b.
for (const part of document.querySelectorAll("[data-show-when]")) {
  const [name, values] = part.dataset.showWhen.split("=");
  const wanted = values.split("|");
  const form = part.closest("form");
  if (!form) continue;
  const update = () => {
    const chosen = new FormData(form).getAll(name);
    part.hidden = !chosen.some((value) => wanted.includes(value));
  };
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}

// <figure data-days>: the arrow keys walk through the days, the words appear beneath.
for (const figure of document.querySelectorAll("[data-days]")) {
  const days = [...figure.querySelectorAll(".day")];
  const words = figure.querySelector(".days-words");
  if (!days.length || !words) continue;
  const rightToLeft = getComputedStyle(figure).direction === "rtl";
  let here = days.length;
  const show = (n) => {
    days[here]?.classList.remove("is-here");
    here = Math.max(0, Math.min(days.length - 1, n));
    days[here].classList.add("is-here");
    words.textContent = days[here].querySelector("title").textContent;
  };
  figure.tabIndex = 0;
  figure.setAttribute("role", "group");
  figure.setAttribute("aria-label", figure.querySelector("svg").getAttribute("aria-label"));
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(here + (rightToLeft ? -step : step));
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(days.length - 1);
    else return;
    event.preventDefault();
  });
  figure.addEventListener("pointerover", (event) => {
    const n = days.indexOf(event.target);
    if (n >= 0) show(n);
  });
}

// Long answers closed on the screen are open on paper.
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("main details:not([open])")];
  for (const details of closed) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});

// The error summary takes the focus also in browsers that ignore autofocus on it.
document.getElementById("error-summary")?.focus();
