// The lock of the screen: the server locks, this page and its sisters in other tabs hide what they show, and keep it.
const screen = document.getElementById("lock");
const patience = screen.dataset.after * 60000; // milliseconds
const sisters = new BroadcastChannel("amana-lock");
let seen = Date.now();
let told = seen;

const ask = (address, options) => fetch(address, { redirect: "manual", ...options });

function hide() {
  if (!screen.open) screen.showModal();
}
function lock() {
  hide();
  sisters.postMessage("locked");
  ask(screen.dataset.lock, { method: "POST", body: new FormData(screen.querySelector("form")) });
}

// Reading and typing send nothing: the server hears of them now and then, the other tabs too.
function beHere() {
  if (screen.open) return;
  seen = Date.now();
  if (seen - told < patience / 4) return;
  told = seen;
  sisters.postMessage("here");
  ask(screen.dataset.here).then(({ status }) => status === 423 && hide());
}
for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, beHere, { capture: true, passive: true });
setInterval(() => !screen.open && Date.now() - seen >= patience && lock(), 1000);

function reveal() {
  seen = told = Date.now();
  screen.close();
}
sisters.addEventListener("message", ({ data }) => ({ locked: hide, unlocked: reveal, here: () => { seen = Date.now(); } })[data]());
document.addEventListener("unlocked", () => { reveal(); sisters.postMessage("unlocked"); });
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status === 423) { event.preventDefault(); hide(); }
});
screen.addEventListener("cancel", (event) => event.preventDefault());
addEventListener("submit", (event) => {
  if ((event.submitter?.getAttribute("formaction") ?? event.target.getAttribute("action")) !== screen.dataset.lock) return;
  event.preventDefault();
  lock();
}, { capture: true });
