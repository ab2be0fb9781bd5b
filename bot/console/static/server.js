// Talks to the server. Nothing is kept: every answer is drawn and let go.

const token = document.body.dataset.token;

async function answer(response) {
  if (response.status === 401) {
    location.assign("/login");
  }
  const body = await response.json().catch(() => ({}));
  return { status: response.status, body };
}

export async function get(path) {
  return answer(await fetch(path, { headers: { accept: "application/json" } }));
}

export async function post(path, body = {}) {
  return answer(
    await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-desk-token": token },
      body: JSON.stringify(body),
    }),
  );
}
