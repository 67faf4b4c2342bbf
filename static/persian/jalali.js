/* A Jalali calendar for date boxes in the admin, by the APG pattern of a date picker dialog.
   The box alone is complete: the server reads and checks what is typed. This only types for you.
   Arithmetic is the browser's own Persian calendar; days are Date objects at noon UTC. */

(() => {
  const DAY = 86400000;
  const parts = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
    timeZone: "UTC",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  });
  const teheran = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tehran" });

  function jalali(day) {
    const found = Object.fromEntries(parts.formatToParts(day).map((p) => [p.type, parseInt(p.value, 10)]));
    return { year: found.year, month: found.month, day: found.day };
  }

  function firstOf(year, month) {
    let at = new Date(Date.UTC(year + 621, 2, 21, 12) + Math.round((month - 1) * 30.4) * DAY);
    for (let i = 0; i < 8; i += 1) {
      const found = jalali(at);
      const months = (found.year - year) * 12 + found.month - month;
      if (months === 0) return new Date(at - (found.day - 1) * DAY);
      at = new Date(+at - months * 29 * DAY);
    }
    return at;
  }

  function fromText(text) {
    const match = /^\s*(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})/.exec(toAscii(text));
    if (!match) return null;
    const [year, month, day] = match.slice(1).map(Number);
    if (year < 1300 || year > 1500 || month < 1 || month > 12 || day < 1 || day > 31) return null;
    return new Date(+firstOf(year, month) + (day - 1) * DAY);
  }

  function toAscii(text) {
    return text.replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0).replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660);
  }

  function make(tag, attributes, text) {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
    if (text !== undefined) element.textContent = text;
    return element;
  }

  class JalaliController extends window.StimulusModule.Controller {
    static values = { words: Object, time: Boolean };

    connect() {
      const words = this.wordsValue;
      this.button = make("button", {
        type: "button",
        class: "desk-jalali-open button button-secondary",
        "aria-label": words.open,
        "aria-haspopup": "dialog",
      });
      this.button.innerHTML = '<svg class="icon" aria-hidden="true"><use href="#icon-calendar"></use></svg>';
      this.button.addEventListener("click", () => this.open());
      this.element.after(this.button);
    }

    disconnect() {
      this.button?.remove();
      this.panel?.remove();
      this.panel = null;
    }

    digits(value) {
      const text = String(value);
      return this.wordsValue.digits === "fa" ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : text;
    }

    open() {
      this.today = new Date(`${teheran.format(new Date())}T12:00:00Z`);
      this.day = fromText(this.element.value) || this.today;
      this.chosen = this.element.value ? this.day : null;
      if (!this.panel) this.build();
      this.draw();
      this.panel.showPopover();
      const box = this.element.getBoundingClientRect();
      const below = box.bottom + this.panel.offsetHeight < window.innerHeight;
      const rtl = getComputedStyle(document.documentElement).direction === "rtl";
      const left = rtl ? box.right - this.panel.offsetWidth : box.left;
      this.panel.style.top = `${Math.max(0, below ? box.bottom : box.top - this.panel.offsetHeight)}px`;
      this.panel.style.left = `${Math.max(0, Math.min(left, window.innerWidth - this.panel.offsetWidth))}px`;
      this.focusDay();
    }

    build() {
      const words = this.wordsValue;
      this.panel = make("div", {
        class: "desk-jalali",
        popover: "auto",
        role: "dialog",
        "aria-label": words.calendar,
      });
      const header = make("div", { class: "desk-jalali__header" });
      const previous = make("button", { type: "button", "aria-label": words.previous }, "‹");
      const next = make("button", { type: "button", "aria-label": words.next }, "›");
      previous.addEventListener("click", () => this.turn(-1));
      next.addEventListener("click", () => this.turn(1));
      this.title = make("strong", { "aria-live": "polite" });
      header.append(previous, this.title, next);
      this.table = make("table", { role: "grid" });
      this.table.addEventListener("keydown", (event) => this.key(event));
      this.table.addEventListener("click", (event) => {
        const cell = event.target.closest("td[data-at]");
        if (cell) this.choose(new Date(Number(cell.dataset.at)));
      });
      const today = make("button", { type: "button", class: "desk-jalali__today" }, words.today);
      today.addEventListener("click", () => this.choose(this.today));
      this.panel.append(header, this.table, today);
      this.panel.addEventListener("toggle", (event) => {
        if (event.newState === "closed" && this.panel?.contains(document.activeElement)) this.button.focus();
      });
      this.button.after(this.panel);
    }

    draw() {
      const shown = jalali(this.day);
      const first = firstOf(shown.year, shown.month);
      this.title.textContent = `${this.wordsValue.months[shown.month - 1]} ${this.digits(shown.year)}`;
      const head = make("tr");
      this.wordsValue.weekdays.forEach((name) => {
        head.append(make("th", { scope: "col", abbr: name }, this.wordsValue.digits === "fa" ? name[0] : name.slice(0, 2)));
      });
      const body = make("tbody");
      const lead = (first.getUTCDay() + 1) % 7;
      let row = make("tr");
      for (let i = 0; i < lead; i += 1) row.append(make("td"));
      for (let at = first; jalali(at).month === shown.month; at = new Date(+at + DAY)) {
        if (row.children.length === 7) {
          body.append(row);
          row = make("tr");
        }
        const current = +at === +this.day;
        const cell = make("td", { role: "gridcell", "data-at": +at, tabindex: current ? "0" : "-1" }, this.digits(jalali(at).day));
        if (this.chosen && +at === +this.chosen) cell.setAttribute("aria-selected", "true");
        if (+at === +this.today) cell.setAttribute("aria-current", "date");
        row.append(cell);
      }
      body.append(row);
      const thead = make("thead");
      thead.append(head);
      this.table.replaceChildren(thead, body);
    }

    focusDay() {
      this.table.querySelector('td[tabindex="0"]').focus();
    }

    turn(months) {
      const shown = jalali(this.day);
      const index = shown.year * 12 + shown.month - 1 + months;
      const first = firstOf(Math.floor(index / 12), (index % 12) + 1);
      const same = new Date(+first + (shown.day - 1) * DAY);
      const target = jalali(first);
      let day = same;
      while (jalali(day).month !== target.month) day = new Date(+day - DAY);
      this.day = day;
      this.draw();
    }

    key(event) {
      const forward = getComputedStyle(this.table).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
      const weekday = (this.day.getUTCDay() + 1) % 7;
      const steps = { [forward]: 1, [backward]: -1, ArrowDown: 7, ArrowUp: -7, Home: -weekday, End: 6 - weekday };
      if (event.key in steps) {
        this.day = new Date(+this.day + steps[event.key] * DAY);
        this.draw();
      } else if (event.key === "PageUp" || event.key === "PageDown") {
        this.turn((event.key === "PageUp" ? -1 : 1) * (event.shiftKey ? 12 : 1));
      } else if (event.key === "Enter" || event.key === " ") {
        this.choose(this.day);
        event.preventDefault();
        return;
      } else {
        return;
      }
      event.preventDefault();
      this.focusDay();
    }

    choose(day) {
      const { year, month, day: number } = jalali(day);
      const pad = (value) => String(value).padStart(2, "0");
      let text = `${year}/${pad(month)}/${pad(number)}`;
      if (this.timeValue) {
        const clock = /\d{1,2}:\d{2}/.exec(toAscii(this.element.value));
        text += ` ${clock ? clock[0] : "00:00"}`;
      }
      this.element.value = this.digits(text);
      ["input", "change"].forEach((name) => this.element.dispatchEvent(new Event(name, { bubbles: true })));
      this.panel.hidePopover();
      this.element.focus();
    }
  }

  window.wagtail.app.register("desk-jalali", JalaliController);
})();
