/** A `fetch` that puts each request's body into `sent`. */
export function recorder(sent) {
  return (url, init) => {
    sent.push(init?.body ?? "");
    return fetch(url, init);
  };
}
