// Counts a text message as gateways do while it is written; the server counts again when it is saved.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set("\f^{}\\[~]|€");

function measure(text) {
  const letters = [...text];
  const gsm = letters.every((letter) => BASIC.has(letter) || EXTENSION.has(letter));
  const weights = letters.map((letter) => (gsm ? (EXTENSION.has(letter) ? 2 : 1) : letter.length));
  const units = weights.reduce((sum, weight) => sum + weight, 0);
  const [single, each] = gsm ? [160, 153] : [70, 67];
  const encoding = gsm ? "GSM-7" : "UCS-2";
  if (units <= single) return { encoding, units, parts: units ? 1 : 0, left: single - units };
  let parts = 1;
  let room = each;
  for (const weight of weights) {
    if (weight > room) {
      parts += 1;
      room = each;
    }
    room -= weight;
  }
  return { encoding, units, parts, left: room };
}

function localised(number) {
  return document.documentElement.lang.startsWith("fa") ? number.toLocaleString("fa", { useGrouping: false }) : String(number);
}

function watch(field) {
  const samples = JSON.parse(field.dataset.smsSamples);
  const channel = document.getElementById("id_channel");
  const output = document.createElement("output");
  output.className = "help";
  field.after(output);
  const count = () => {
    output.hidden = channel?.value !== "sms";
    const text = field.value.trim().replace(/\{([^{}\n]*)\}/g, (whole, name) => samples[name] ?? whole);
    const length = measure(text);
    output.textContent = field.dataset.smsWords.replace(/%\((\w+)\)s/g, (_, name) => (name === "encoding" ? length.encoding : localised(length[name])));
  };
  field.addEventListener("input", count);
  channel?.addEventListener("change", count);
  count();
}

// Wagtail's scripts stand before the form.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("textarea[data-sms-samples]").forEach(watch));
