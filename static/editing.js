// The editors' rooms. Every page works without this file.
"use strict";

// Leaving with unsaved changes warns: any form marked data-draft ---------------------------

for (const form of document.querySelectorAll("form[data-draft]")) {
  let unsaved = "unsaved" in form.dataset;
  let leaving = false;
  let native = false;

  const changed = () => {
    unsaved = true;
    for (const note of form.querySelectorAll("[data-unsaved-note]")) note.hidden = false;
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => {
    changed();
    if (event.target.matches(".source input")) named(event.target);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });
  // Back from the browser's memory, the page may be left once more.
  addEventListener("pageshow", () => { leaving = false; });

  // Moving, adding and removing lines without a page load. The server does it, as always; this
  // only puts its answer in place. Whatever it did not expect is sent the ordinary way.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const small = button && /^(add|up|down|remove|restore):/.test(button.value);
    if (native || !small || !form.id) {
      leaving = true;
      return;
    }
    event.preventDefault();
    const typed = new FormData(form);
    typed.append(button.name, button.value);
    for (const other of form.querySelectorAll("button")) other.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.id);
      if (!answer.ok || answer.redirected || !fresh) throw new Error("unexpected answer");
      // What was typed while the answer was on its way is no part of it.
      const open = [...form.querySelectorAll("details[open][id]")].map((part) => part.id);
      const target = fresh.querySelector("[autofocus]");
      target?.removeAttribute("autofocus"); // only a page that loads may say it
      form.replaceChildren(...fresh.childNodes);
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      changed();
      target?.focus();
    } catch {
      for (const other of form.querySelectorAll("button")) other.disabled = false;
      native = true;
      form.requestSubmit(button);
    }
  });
}

// A picked source is called by its name, and leaves room for one more -----------------------

function named(input) {
  const options = input.list ? [...input.list.options] : [];
  const option = options.find((one) => one.value === input.value.trim());
  const name = input.parentElement.querySelector(".source-name");
  if (name) name.textContent = option ? option.text : "";
  const fields = input.closest(".f-sources");
  const last = fields && [...fields.querySelectorAll(".source")].at(-1);
  if (!last || !last.contains(input) || !input.value.trim()) return;
  const next = last.cloneNode(true);
  const field = next.querySelector("input");
  const number = fields.querySelectorAll(".source").length;
  field.id = field.id.replace(/\d+$/, number);
  field.value = "";
  field.setAttribute("aria-label", `Kilde ${number + 1}`);
  field.placeholder = "flere kilder";
  next.querySelector(".source-name").textContent = "";
  last.after(next);
}
