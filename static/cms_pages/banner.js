// Notices can be put away in this browser, until the notice enters another phase.
// Remembered as "notice:<id>" → phase; nothing is sent anywhere.

const key = (notice) => `notice:${notice.dataset.notice}`;

// localStorage may be refused (private windows, strict settings): then closing lasts for the page.
const closed = new Map();

const remembered = (notice) => {
  try {
    return localStorage.getItem(key(notice)) ?? closed.get(key(notice));
  } catch {
    return closed.get(key(notice));
  }
};

const remember = (notice) => {
  closed.set(key(notice), notice.dataset.phase);
  try {
    localStorage.setItem(key(notice), notice.dataset.phase);
  } catch {
    /* for this page only */
  }
};

// As many as there is room for; those behind them come up when one is put away.
const arrange = () => {
  const banner = document.querySelector("[data-notices-limit]");
  if (!banner) return;
  let room = Number(banner.dataset.noticesLimit);
  let behind = 0;
  for (const notice of banner.querySelectorAll("[data-notice][data-phase]")) {
    const open = remembered(notice) !== notice.dataset.phase;
    notice.hidden = !open || room === 0;
    if (!notice.hidden) room -= 1;
    else if (open) behind += 1;
    const close = notice.querySelector("[data-notice-close]");
    if (close) close.hidden = false;
  }
  const more = banner.querySelector("[data-notices-more]");
  if (!more) return;
  behind += Number(more.dataset.noticesMore);
  more.hidden = behind === 0;
  const link = more.querySelector("a");
  link.textContent = behind === 1 ? link.dataset.one : link.dataset.many;
};

document.addEventListener("click", (event) => {
  const notice = event.target.closest("[data-notice-close]")?.closest("[data-notice][data-phase]");
  if (!notice) return;
  remember(notice);
  arrange();
  // The focus would be lost with the button: it goes on to the content.
  document.getElementById("main")?.focus({ preventScroll: true });
});
document.addEventListener("desk:live", arrange);
arrange();
