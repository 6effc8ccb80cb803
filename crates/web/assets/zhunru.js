// Makes pages quicker; everything works without it.
"use strict";
document.addEventListener("submit", (event) => {
  // A form is sent once.
  const button = event.submitter || event.target.querySelector("button:not([type=button])");
  if (button && !event.defaultPrevented) setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button:disabled").forEach((button) => { button.disabled = false; });
});
// What nobody can see comes along with what is pasted from other programs, and no text may hold it (workflow::text).
const UNSEEN = new RegExp("[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f"
  + "\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufdd0-\\ufdef\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\u{e0000}-\\u{e00ff}]", "gu");
document.addEventListener("input", (event) => {
  const field = event.target;
  if (event.isComposing || !field.matches("textarea, input[type=text], input[type=search], input[type=email], input:not([type])")) return;
  const line = field.matches("textarea") ? "\n" : " ";
  const cleaned = (text) => text.replace(/[\u2028\u2029]/g, line).replace(UNSEEN, "");
  const value = cleaned(field.value);
  if (value === field.value) return;
  // A field for addresses tells no place.
  const at = field.selectionStart === null ? null : cleaned(field.value.slice(0, field.selectionStart)).length;
  field.value = value;
  if (at !== null) field.setSelectionRange(at, at);
}, true);
// The key / goes to the search in the page's head; never while something is typed.
document.addEventListener("keydown", (event) => {
  const find = document.querySelector("[data-find]");
  const types = event.target.matches("select, textarea, input:not([type=checkbox])");
  if (event.key !== "/" || !find || types || event.ctrlKey || event.metaKey || event.altKey) return;
  find.focus();
  event.preventDefault();
});
// On paper all is unfolded but forms, which are not printed; afterwards it is as it was.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("main details:not([open], .action)").forEach((part) => {
    part.open = true;
    part.dataset.unfolded = "";
  });
});
window.addEventListener("afterprint", () => {
  document.querySelectorAll("[data-unfolded]").forEach((part) => {
    part.open = false;
    delete part.dataset.unfolded;
  });
});
// A request that goes on elsewhere says so; nothing is reloaded under somebody's hands. Hidden pages hold no connection.
document.querySelectorAll("[data-timeline]").forEach((note) => {
  let source = null;
  const close = () => { if (source) source.close(); source = null; };
  const look = () => {
    if (document.visibilityState !== "visible") { close(); return; }
    if (source || !note.hidden || !window.EventSource) return;
    source = new EventSource(`${note.dataset.timeline}?after=${note.dataset.after}`);
    source.addEventListener("step", () => { note.hidden = false; close(); });
    source.addEventListener("over", () => { close(); document.removeEventListener("visibilitychange", look); });
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", close);
  look();
});
// Long work: its bar goes on by itself, and its result is shown when it is over.
document.querySelectorAll("[data-errand]").forEach((errand) => {
  const bar = errand.querySelector("progress"), steps = errand.querySelector("[data-steps]");
  if (!window.EventSource) { setTimeout(() => { location.reload(); }, 2000); return; }
  const source = new EventSource(errand.dataset.errand);
  source.addEventListener("progress", (event) => {
    const { done, total } = JSON.parse(event.data);
    if (!total) return;
    bar.max = total;
    bar.value = done;
    steps.textContent = `${done} / ${total}`;
  });
  source.addEventListener("over", () => { source.close(); location.reload(); });
  window.addEventListener("pagehide", () => { source.close(); });
});
// In a list with keys, j and k walk, o opens, x ticks; a and r tick and choose what is done to all that are ticked, and only
// the button does it. Never while something is typed.
document.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });
const chooses = (row, answer) => {
  row.querySelector("input[type=checkbox]").checked = true;
  const select = document.getElementById("action");
  const offered = select ? [...select.options].filter((option) => option.dataset.answer === answer) : [];
  if (offered.length && !offered.includes(select.selectedOptions[0])) select.value = offered[0].value;
  return offered.length > 0;
};
document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-keys]");
  const types = event.target.matches("select, textarea, input:not([type=checkbox])");
  if (!list || types || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...list.querySelectorAll("[data-open]")];
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const row = at >= 0 ? links[at].closest("tr") : null;
  if (event.key === "j") links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === "k") links[Math.max(at - 1, 0)].focus();
  else if (event.key === "o" && row) links[at].click();
  else if (event.key === "x" && row) row.querySelector("input[type=checkbox]").click();
  else if (event.key === "a" && row) chooses(row, "yes");
  else if (event.key === "r" && row) {
    if (chooses(row, "no")) document.getElementById("reason").focus();
  } else return;
  event.preventDefault();
});
// What departs from the rules needs a reason: the form says so before it is sent.
document.querySelectorAll(".propose").forEach((form) => {
  const reason = form.querySelector("textarea");
  const look = () => {
    const admits = form.querySelector("[value=admit]:checked");
    reason.required = !!form.querySelector("[data-against]:checked") || (!!admits && !!form.querySelector("[data-condition]:not(:checked)"));
  };
  form.addEventListener("change", look);
  look();
});

// The application form: assesses while somebody types, keeps the draft, finds items, ticks whole subdistricts.
(() => {
  const form = document.getElementById("filing");
  if (!form) return;
  const panel = document.getElementById("panel"), saved = document.getElementById("saved");
  const body = () => new URLSearchParams(new FormData(form));
  let asked = 0, assessing, keeping, running = null, pressed = null, leaves = false, isOver = false;
  // Whoever has signed in again in another tab goes on here, by the token of the new session; another person does not.
  const renews = async () => {
    const text = await (await fetch(location.href)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const token = page.querySelector("meta[name=form-token]"), who = page.querySelector(".who");
    const isSame = token && who && who.textContent === document.querySelector(".who").textContent;
    if (!isSame || token.content === form.elements._token.value) return false;
    document.querySelectorAll("[name=_token]").forEach((field) => { field.value = token.content; });
    return true;
  };
  const asks = async (to) => {
    const send = () => fetch(to, { method: "POST", body: body(), headers: { Accept: "application/problem+json, */*" } });
    const answer = await send();
    isOver = answer.status === 401;
    return answer.status === 403 && await renews() ? send() : answer;
  };
  // Why something was refused: the words of the problem.
  const refusal = async (answer) => {
    if (answer.status === 401) return form.dataset.over;
    const { detail, errors = [] } = await answer.json();
    return [...new Set([detail, ...errors.map((error) => error.message)])].join("; ");
  };
  const assess = async () => {
    const turn = ++asked;
    panel.classList.add("busy");
    try {
      const answer = await asks(form.dataset.panel);
      if (answer.ok) {
        const text = await answer.text();
        if (turn === asked) panel.innerHTML = text;
      } else {
        const note = document.createElement("p");
        note.className = "refusal";
        note.textContent = await refusal(answer);
        if (turn === asked) panel.replaceChildren(note);
      }
    } catch { /* the button is still there */ }
    if (turn === asked) panel.classList.remove("busy");
  };
  // Once it is kept, a new request is its draft: later it is kept and sent there, and a reload opens it.
  const becomes = (told) => {
    form.elements.request.value = told.id;
    form.elements.version.value = told.version;
    form.dataset.autosave = told.autosave;
    form.action = told.edit;
    history.replaceState(null, "", told.edit);
  };
  const keep = async () => {
    try {
      const answer = await asks(form.dataset.autosave);
      if (answer.status === 401) { saved.textContent = form.dataset.over; return; }
      if (answer.headers.get("content-type").includes("problem")) {
        saved.textContent = saved.dataset.refused + await refusal(answer);
        return;
      }
      const told = await answer.json();
      if (told.saved) becomes(told);
      saved.textContent = told.said;
    } catch { saved.textContent = saved.dataset.lost; }
  };
  // One at a time, and none beside a button, so that no draft is made twice.
  const keepSoon = () => {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      if (running) keepSoon();
      else running = keep().finally(() => { running = null; });
    }, 4000);
  };
  const changed = () => {
    if (leaves) return;
    clearTimeout(assessing);
    assessing = setTimeout(assess, 500);
    if (form.dataset.autosave) keepSoon();
  };
  form.addEventListener("input", (event) => { if (event.target.id !== "item-search") changed(); });
  form.addEventListener("change", (event) => {
    const { name, value, checked } = event.target;
    if (name === "whole") {
      const within = value === "all" ? form : event.target.closest("details");
      within.querySelectorAll("[name=community], [name=whole]").forEach((box) => { box.checked = checked; });
    } else if (name === "community" && !checked) {
      form.querySelectorAll("[name=whole]").forEach((box) => { box.checked = false; });
    }
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(assessing);
    clearTimeout(keeping);
    // An assessment under way must not replace the panel, whose button may be the one that is pressed.
    asked += 1;
    leaves = true;
    if (!running) return;
    // What is being kept is waited for, so that its draft and version are the ones that are sent; the last button counts.
    event.preventDefault();
    if (!pressed) running.then(() => { form.requestSubmit(pressed); });
    pressed = event.submitter;
  });
  window.addEventListener("pageshow", () => { pressed = null; leaves = false; });
  // Back from signing in: what is here is kept and assessed again, and the buttons work.
  window.addEventListener("focus", async () => {
    if (!isOver) return;
    try { if (await renews()) { isOver = false; changed(); } } catch { /* it is tried again with the next key */ }
  });
  if ("typed" in form.dataset && form.dataset.autosave) keepSoon();
  const search = document.getElementById("item-search"), select = document.getElementById("item");
  search.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    select.querySelectorAll("optgroup").forEach((group) => {
      let shown = 0;
      group.querySelectorAll("option").forEach((option) => {
        option.hidden = wanted !== "" && !option.text.toLowerCase().includes(wanted);
        if (!option.hidden) shown += 1;
      });
      group.hidden = shown === 0;
    });
    const found = [...select.options].filter((option) => option.value && !option.hidden);
    if (wanted && found.length === 1 && select.value !== found[0].value) { select.value = found[0].value; changed(); }
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
})();
