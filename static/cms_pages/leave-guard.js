// A page with [data-leave-guard] shows something once: the browser asks before it is left.
// Anything with [data-leave-ok] (a form, a link, a button: "I have kept it") lifts the guard.

if (document.querySelector("[data-leave-guard]")) {
  const ask = (event) => {
    event.preventDefault();
    // Older browsers ask only when a value is set.
    event.returnValue = "";
  };
  const lift = () => window.removeEventListener("beforeunload", ask);

  window.addEventListener("beforeunload", ask);
  for (const element of document.querySelectorAll("[data-leave-ok]")) {
    element.addEventListener(element.tagName === "FORM" ? "submit" : "click", lift);
  }
}
