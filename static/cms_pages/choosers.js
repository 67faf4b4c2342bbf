// Starts the choosers that cms_pages.chooser_starts has written down, and the rows of forms that
// wagtailadmin/panels/inline_panel.html has, also in what comes later
// (a dialog, another row of an inline form). It watches from the beginning: Wagtail's menus take
// their buttons out of the page when they start, and a chooser has to know its buttons before.
(() => {
  const start = () => {
    for (const note of document.querySelectorAll("template[data-desk-chooser]")) {
      const { deskChooser, for: id, options } = note.dataset;
      if (!window[deskChooser] || !document.getElementById(id)) continue;
      note.remove();
      new window[deskChooser](id, JSON.parse(options));
    }
    for (const note of document.querySelectorAll("template[data-desk-panel]")) {
      const options = JSON.parse(note.dataset.options);
      if (!window.InlinePanel || !document.getElementById(`${options.formsetPrefix}-ADD`)) continue;
      note.remove();
      new window.InlinePanel(options);
    }
  };
  new MutationObserver(start).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", start);
})();
