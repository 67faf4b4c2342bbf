// What Wagtail's dialogs lack for the keyboard and for those who listen: a name, and the way back to
// where they were opened. Its newer dialogs have both.
(() => {
  let opener = null;
  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest(".modal, .tippy-box")) opener = target;
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.jQuery) return;
    window.jQuery(document).on("shown.bs.modal", ".modal", ({ target }) => {
      const heading = target.querySelector("h1, h2");
      if (!heading || target.hasAttribute("aria-labelledby")) return;
      // The page behind it has a heading of the same id.
      heading.id = "desk-dialog-title";
      target.setAttribute("aria-labelledby", heading.id);
      target.setAttribute("aria-modal", "true");
    });
    window.jQuery(document).on("hidden.bs.modal", ".modal", () => {
      if (!opener || document.activeElement !== document.body) return;
      const seen = (element) => element.isConnected && element.getClientRects().length > 0;
      // What was chosen may have put another button in the place of the first.
      const others = [...(opener.closest(".chooser")?.querySelectorAll("button") ?? [])];
      [opener, ...others].find(seen)?.focus();
    });
  });
})();
