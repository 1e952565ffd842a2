"""Slack's incoming webhook: checks what Slack checks, and keeps what it accepted."""

import json

from exchange import text_answer

PATH = "/services/T000/B000/X"
BLOCKS_MAX, TEXT_MAX, TOTAL_MAX = 50, 3000, 13000
KINDS = {"section", "divider", "header", "context", "actions", "image", "input", "rich_text"}


def units(text):
    """UTF-16 units, as Slack counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def texts_of(block):
    """The texts of a block, or None when Slack would not take it."""
    if not isinstance(block, dict) or block.get("type") not in KINDS:
        return None
    if block["type"] != "section":
        return []
    fields = block.get("fields", [])
    parts = [block["text"]] if "text" in block else []
    if not isinstance(fields, list) or not parts + fields:
        return None
    texts = []
    for part in parts + fields:
        if not isinstance(part, dict) or part.get("type") not in ("mrkdwn", "plain_text"):
            return None
        if not isinstance(part.get("text"), str) or not 1 <= units(part["text"]) <= TEXT_MAX:
            return None
        texts.append(part["text"])
    return texts


def problem_of(payload):
    """Why Slack refuses a payload, or None."""
    if not payload.get("text") and not payload.get("blocks"):
        return "no_text"
    blocks = payload.get("blocks", [])
    if not isinstance(blocks, list) or len(blocks) > BLOCKS_MAX:
        return "invalid_blocks"
    texts = [texts_of(block) for block in blocks]
    if None in texts:
        return "invalid_blocks"
    if sum(units(text) for found in texts for text in found) > TOTAL_MAX:
        return "msg_blocks_too_long"
    return None


def answer(state, request):
    if request.path != PATH:
        return text_answer(404, "no_service")
    try:
        payload = json.loads(request.body) if request.method == "POST" else None
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        return text_answer(400, "invalid_payload")
    problem = problem_of(payload)
    if problem:
        return text_answer(400, problem)
    with state.lock:
        state.slack.append(payload)
    return text_answer(200, "ok")


# What Slack says with a status that a test asks for.
answer.usual_answers = {
    status: text_answer(status, text, *headers) for status, text, *headers in (
        (400, "invalid_payload"), (403, "action_prohibited"), (404, "no_service"), (410, "channel_is_archived"),
        (429, "rate_limited", ("Retry-After", "1")), (500, "rollup_error"))
}
