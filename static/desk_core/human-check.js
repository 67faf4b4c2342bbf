// Answers the human check while the form is being filled in. Without this module, or when it
// fails, the person's own check stays on the page.

function start(box) {
  const proof = box.querySelector("[data-human-proof]");
  const person = box.querySelector("[data-human-person]");
  const state = box.querySelector("[data-human-state]");
  const form = box.closest("form");
  if (!proof || !form || typeof Worker === "undefined" || box.dataset.humanStarted) {
    return;
  }
  box.dataset.humanStarted = "yes";
  let worker = null;
  let pressed = null;

  const say = (which) => {
    state.textContent = state.dataset[which];
    state.hidden = false;
  };
  const giveWayToPerson = () => {
    worker?.terminate();
    form.removeEventListener("submit", hold);
    if (person) {
      person.hidden = false;
    }
    say("failed");
    if (pressed && person) {
      person.querySelector("input")?.focus();
    }
  };
  const done = (number) => {
    proof.value = String(number);
    worker.terminate();
    form.removeEventListener("submit", hold);
    say("done");
    if (pressed) {
      form.requestSubmit ? form.requestSubmit(pressed.button) : form.submit();
    }
  };
  const work = () => {
    if (worker) {
      return;
    }
    try {
      worker = new Worker(proof.dataset.worker);
    } catch {
      giveWayToPerson();
      return;
    }
    worker.onmessage = ({ data }) =>
      data.number === null ? giveWayToPerson() : done(data.number);
    worker.onerror = giveWayToPerson;
    worker.postMessage({
      salt: proof.dataset.salt,
      challenge: proof.dataset.challenge,
      maxnumber: Number(proof.dataset.maxnumber),
    });
  };
  // A form that is sent before the answer is there waits for it.
  function hold(event) {
    event.preventDefault();
    pressed = { button: event.submitter };
    say("working");
    work();
  }

  if (person) {
    person.hidden = true;
  }
  say("waiting");
  form.addEventListener("submit", hold);
  form.addEventListener("focusin", work, { once: true });
  form.addEventListener("pointerdown", work, { once: true });
}

document.querySelectorAll("[data-human-check]").forEach(start);
