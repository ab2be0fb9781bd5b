"""The web chat: `WS /chat`, JSON frames. One session a socket, one hub a process.

From the page                                   From the server
  message   text, id?                             session   token: the first frame, and the answer to resume
  location  lat, lon, id?                         message   id, text, choices [title, value], from bot | worker
  resume    token, last?: the same tab is back    ack       id: the message or place with this id is kept
  exit                                            typing    from
                                                  handoff   state, position, worker?: a working name
                                                  error     text, id?: with an id, send that one again
                                                  cleared   she has left; the socket ends

A client that uses neither ids nor resume still works. Unknown fields and types are ignored by both sides.
"""
