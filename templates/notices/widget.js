// One line puts the box into any page; docs/status-interfaces.md says how. Nothing of an answer
// becomes markup, and no style stands in the page, so that the strictest policy is content.
(() => {
  "use strict";
  const places = {{ places|safe }};
  const script = document.currentScript;
  const { service, language } = script.dataset;
  const spoken = places[language] ? language : Object.keys(places)[0];
  const words = places[spoken];
  const place = new URL(words.path, script.src);
  const part = service ? `services/${encodeURIComponent(service)}/` : "";

  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const link = (text, address) => {
    const element = make("a", text);
    const whole = new URL(address, place);
    if (/^https?:$/.test(whole.protocol)) element.href = whole.href;
    return element;
  };

  const box = make("section");
  box.lang = spoken;
  box.dir = words.dir;
  box.setAttribute("aria-label", words.name);
  const root = box.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{display:block;font:inherit;line-height:1.7;text-align:start;overflow-wrap:anywhere;max-inline-size:36em}
    div{border:1px solid;border-inline-start-width:8px;border-radius:6px;padding:.6em .9em;
      background:#fff;background:light-dark(#fff,#11181f);color:#1b2733;color:light-dark(#1b2733,#e8ecef)}
    p,ul{margin:0;padding:0;list-style:none}
    li{margin-block-start:.4em}
    a{color:inherit;unicode-bidi:isolate}
    a:focus-visible{outline:3px solid;outline-offset:2px}
    .all{font-weight:700}
    small{display:block;opacity:.85}
    .all::before{margin-inline-end:.4em;content:"•" / ""}
    .ok::before{content:"✓" / ""}
    .waiting::before{content:"◆" / ""}
    .partial::before{content:"▲" / ""}
    .major::before{content:"✕" / ""}
    .b-ok{border-color:#1a7f37} .b-waiting{border-color:#a86f00} .b-partial{border-color:#c25a12}
    .b-major{border-color:#c8382c} .b-info{border-color:#3b6fe0}`);
  root.adoptedStyleSheets = [sheet];
  const frame = make("div");
  const age = make("small");
  age.setAttribute("role", "status");
  root.append(frame);
  script.after(box);

  let shown = "";
  let read = 0;

  const draw = (found) => {
    const held = root.activeElement?.href;
    frame.className = `b-${found.tone}`;
    const sentence = make("p", "", `all ${found.tone}`);
    sentence.append(link(found.name, found.url), `: ${found.sentence}`);
    const list = make("ul");
    for (const each of found.notices) {
      const item = make("li", `${each.heading}: `);
      item.append(link(each.title, each.url), make("small", each.when));
      list.append(item);
    }
    if (found.more) {
      const item = make("li");
      item.append(link(words.more, found.url));
      list.append(item);
    }
    frame.replaceChildren(sentence, list, age);
    if (read) frame.setAttribute("aria-live", "polite");
    if (held) [...frame.querySelectorAll("a")].find((each) => each.href === held)?.focus();
  };

  const fail = (sentence) => {
    if (!read) return frame.replaceChildren(link(words.name, place.href), make("p", sentence), age);
    const minutes = Math.floor((Date.now() - read) / 60000);
    age.textContent = `${words.old}: ${new Intl.RelativeTimeFormat(spoken).format(-minutes, "minute")}`;
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(new URL(`${part}widget.json`, place), {
        cache: "no-cache",
        credentials: "omit",
        signal: AbortSignal.timeout(20000),
      });
      if (answer.status === 404) return fail(words.unknown);
      if (!answer.ok) throw answer.status;
      const text = await answer.text();
      if (text !== shown) draw(JSON.parse(text));
      [shown, read, age.textContent] = [text, Date.now(), ""];
    } catch {
      fail(words.away);
    }
  };

  fail("");
  look();
  setInterval(look, 60000);
  document.addEventListener("visibilitychange", look);
})();
