// When htmx gets a refusal or no answer at all, the person reads what happened and can do something about it.
const region = document.getElementById("answers");
const words = document.getElementById("answers-words").content;
let failed = null;

// The back button always shows what the server says now.
htmx.config.refreshOnHistoryMiss = true;

function wordsFor(status) {
  const nearest = status >= 500 ? 500 : 400;
  return words.querySelector(`[data-answer~="${status}"]`) ?? words.querySelector(`[data-answer~="${nearest}"]`);
}

// Behind a dialog nothing can be read or pressed: it is said in the one that is in front.
const inFront = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;

function tell({ elt, xhr, requestConfig }, status) {
  // A page that follows something by itself has nothing to lose, and leads to the sign-in.
  if (status === 401 && !requestConfig.triggeringEvent && !document.querySelector("[data-dirty]")) return location.reload();
  // What a page asks for by itself, each second, says so once, and stays closed where somebody closed it.
  const isToldAlready = failed?.elt === elt && failed.status === status && !requestConfig.triggeringEvent;
  failed = { elt, status, asked: requestConfig };
  if (isToldAlready) return;
  const told = wordsFor(status).cloneNode(true);
  const number = status && xhr.getResponseHeader("X-Request-ID");
  const place = told.querySelector(".request-id");
  if (place && number) {
    place.hidden = false;
    place.querySelector("bdi").textContent = number;
  }
  if (region.parentElement !== inFront()) inFront().append(region);
  region.replaceChildren(told);
}

function forget() {
  failed = null;
  region.replaceChildren();
}

function again() {
  const { elt, asked } = failed;
  forget();
  if (!elt.isConnected) return location.reload();
  if (asked.form) return asked.form.requestSubmit(asked.submitter);
  htmx.ajax(asked.verb, asked.path, { source: elt, event: asked.triggeringEvent });
}

// A form that wasn't accepted comes back with its corrections: a part of the page, and shown like one.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isPart = !/^\s*<(!doctype|html)/i.test(detail.serverResponse);
  if ([413, 422].includes(detail.xhr.status) && detail.serverResponse && isPart) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", ({ detail }) => tell(detail, detail.xhr.status));
document.addEventListener("htmx:sendError", ({ detail }) => tell(detail, 0));
document.addEventListener("htmx:timeout", ({ detail }) => tell(detail, 0));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // What was swapped has left the page, and the answer is told to what is around it.
  const isMended = failed?.elt === detail.requestConfig.elt || failed?.elt.isConnected === false;
  if (detail.successful && isMended) forget();
});
document.addEventListener("close", ({ target }) => {
  if (target.contains(failed?.elt)) forget();
  if (target.contains(region)) document.body.append(region);
}, true);

// A plain form would lead to the browser's own page of errors, and lose what was typed.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || navigator.onLine || form.getAttribute("method") === "dialog") return;
  event.preventDefault();
  tell({ elt: form, requestConfig: { form, submitter, triggeringEvent: event } }, 0);
});

region.addEventListener("click", ({ target }) => {
  const does = target.closest("[data-does]")?.dataset.does;
  if (does === "again") again();
  if (does === "reload") location.reload();
  if (does === "close") region.replaceChildren();
});

// Asking to read is repeated by itself; what changes something waits for the person's word.
window.addEventListener("online", () => {
  if (failed?.status === 0 && failed.asked.verb === "get") again();
});
