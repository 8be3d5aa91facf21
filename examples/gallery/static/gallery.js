// What the script adds to a page that works without it: the whole drop zone takes a click or a
// drop, several images go up one after the other, and each shows how far it is.
//
// It speaks to the same address as the plain form and gets the same page back: the sentence of a
// refusal and the new grid are read out of that page. The rules are the server's alone.
"use strict";

(() => {
  const form = document.getElementById("upload");
  if (!form) return;

  const input = document.getElementById("img-file");
  const button = document.getElementById("upload-button");
  const list = document.getElementById("uploads");
  const link = form.querySelector(".drop-link");
  const help = document.getElementById("img-help");
  const words = { link: link.textContent, help: help.textContent, button: button.textContent };
  const maxBytes = Number(form.dataset.maxBytes);
  let busy = false;

  document.documentElement.classList.add("js");
  input.multiple = true;
  // The script's own sentence is better placed than the browser's bubble over a hidden field.
  form.noValidate = true;

  // A reload repeats neither "is in the gallery" nor "was deleted".
  if (/[?&](uploaded|deleted)=/.test(location.search)) history.replaceState(null, "", "/");

  function say(id, sentence) {
    const box = document.getElementById(id);
    box.textContent = sentence;
    box.hidden = !sentence;
  }

  function showChosen() {
    const files = [...input.files];
    link.textContent =
      files.length === 0 ? words.link : files.length === 1 ? files[0].name : `${files.length} images chosen`;
    help.textContent = files.length > 1 ? files.map((file) => file.name).join(", ") : words.help;
    button.textContent = files.length > 1 ? `Upload ${files.length}` : words.button;
  }

  function addRow(file) {
    const row = document.createElement("li");
    const what = document.createElement("span");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    what.className = "what";
    what.textContent = file.name;
    state.className = "state";
    state.textContent = "Waiting";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    row.append(what, state, bar);
    list.append(row);
    list.hidden = false;
    return { row, state, bar };
  }

  function fail({ row, state, bar }, sentence) {
    const why = document.createElement("span");
    why.className = "why";
    why.textContent = sentence;
    row.className = "failed";
    state.textContent = "Refused";
    bar.remove();
    row.append(why);
  }

  // Resolves to the page that the server answered with; rejects with a sentence if none came.
  function send(file, { state, bar }) {
    return new Promise((resolve, reject) => {
      const body = new FormData();
      body.append("csrf_token", form.elements.csrf_token.value);
      body.append("img-file", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.floor((100 * event.loaded) / event.total);
        bar.value = percent;
        // The last byte sent is not yet the last byte stored.
        state.textContent = percent < 100 ? `${percent} %` : "Storing";
      });
      request.addEventListener("load", () => {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        resolve({ ok: request.status >= 200 && request.status < 300, page });
      });
      request.addEventListener("error", () =>
        reject("The connection broke before the image was stored. Check your network and try again."),
      );
      request.send(body);
    });
  }

  // Takes what is new from the server's page: the grid, the count and a fresh token.
  function adopt(page) {
    for (const part of ["#images", ".count"]) {
      const fresh = page.querySelector(part);
      const stale = document.querySelector(part);
      if (fresh && stale) stale.replaceWith(fresh);
    }
    const token = page.querySelector("#upload input[name=csrf_token]");
    if (token) form.elements.csrf_token.value = token.value;
  }

  async function uploadAll(files) {
    if (busy || files.length === 0) return;
    busy = true;
    button.disabled = true;
    list.replaceChildren();
    say("alert", "");
    say("status", "");
    const failures = [];
    let stored = 0;
    for (const [file, row] of files.map((file) => [file, addRow(file)])) {
      let sentence = "";
      if (file.size > maxBytes) {
        sentence = form.dataset.tooLarge;
      } else {
        try {
          const { ok, page } = await send(file, row);
          adopt(page);
          if (!ok) {
            const alert = page.querySelector("[role=alert]");
            sentence = (alert && alert.textContent.trim()) || "The server refused the image and did not say why.";
          }
        } catch (problem) {
          sentence = String(problem);
        }
      }
      if (sentence) {
        fail(row, sentence);
        failures.push(sentence);
      } else {
        stored += 1;
        row.row.remove();
      }
    }
    // Of one image the sentence alone is enough; of several, the list says which and why.
    if (files.length === 1) list.replaceChildren();
    list.hidden = list.children.length === 0;
    if (failures.length > 0) say("alert", files.length === 1 ? failures[0] : `Refused: ${failures.length} of ${files.length}.`);
    if (stored > 0) say("status", stored === 1 ? "The image is in the gallery." : `${stored} images are in the gallery.`);
    form.reset();
    showChosen();
    button.disabled = false;
    busy = false;
  }

  input.addEventListener("change", showChosen);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length === 0) {
      say("alert", "Choose an image first.");
      input.focus();
      return;
    }
    uploadAll([...input.files]);
  });

  // `dragenter` and `dragleave` also come for each child; only leaving the form itself counts.
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    uploadAll([...event.dataTransfer.files]);
  });
})();
