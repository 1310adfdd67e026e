// Security keys: the browser's own part of it. Without this file a code can be used instead.
"use strict";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const form = document.getElementById("key-form");
  const said = form.querySelector("#key-said") || document.createElement("p");
  said.id = "key-said";
  said.className = "error";
  said.setAttribute("role", "alert");
  said.textContent = "Nøglen svarede ikke. Prøv igen, eller brug en kode.";
  form.append(said);
});
document.addEventListener("submit", (event) => {
  // Enter in the field for the name must not send the form without the key's answer.
  const form = event.target;
  if (form.id === "key-form" && !form.querySelector("[name=credential]").value) {
    event.preventDefault();
    document.getElementById("key-button").click();
  }
});
