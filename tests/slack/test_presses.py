"""Buttons, modals, the command, the shortcut, the Home tab and the assistant pane."""

from __future__ import annotations

import threading

import pytest

from handlers.conversation import (
    Button,
    Buttons,
    Choice,
    Citations,
    File,
    Form,
    FormField,
    Incoming,
    Progress,
    Reply,
    Table,
    Text,
)
from handlers.router import ROUTES, Route, Router
from knowledge.phrases import say
from tests.assistant_fakes import citation, document, passages
from tests.slack.stand_in import BOT, StandIn, error, member
from tests.slack.world import World, buttons, words


class Steps:
    """A small dialog of the tests' own: a choice, then a step of every kind of field, then an
    outcome. `slow`: answers wait for it."""

    def __init__(self) -> None:
        self.given: list[dict[str, str]] = []
        self.slow = threading.Event()
        self.slow.set()

    def __call__(self, incoming: Incoming, services: object) -> Reply:
        self.slow.wait(10)
        if (incoming.pressed or "").endswith("file"):
            return Reply(
                parts=(File(name="fiche.pdf", media_type="application/pdf", content=b"%"),)
            )
        if incoming.pressed == "steps:1":
            self.given.append(incoming.values)
            return Reply(parts=(every_kind(),))
        if incoming.pressed == "steps:2":
            self.given.append(incoming.values)
            if not incoming.values.get("montant", "").isdigit():
                wrong = every_kind(error="Un nombre.")
                said = Text(text="Quelqu’un a répondu entre-temps.", tone="warning")
                return Reply(parts=(wrong,) if incoming.values.get("montant") else (said, wrong))
            outcome = Text(text="Admissible.", tone="success")
            table = Table(columns=("Quoi", "Quand"), rows=(("Rencontre", "2026-12-01"),))
            save = Buttons(buttons=(Button(label="Conserver", action="steps:file", file=True),))
            return Reply(parts=(outcome, table, save))
        return Reply(parts=(first_step(),))


def first_step() -> Form:
    choices = (
        Choice(value="itq", label="ITQ"),
        Choice(value="autre", label="Un organisme hors programme, désigné en vertu de la Loi " * 2),
    )
    return Form(
        key="steps",
        title="Admissibilité",
        fields=(FormField(name="org", kind="choice", label="Votre organisme", choices=choices),),
        submit=Button(label="Continuer", action="steps:1"),
        progress=Progress(done=0, total=2, label="Étape 1 de 2"),
    )


def every_kind(error: str = "") -> Form:
    two = (Choice(value="a", label="A", hint="le premier"), Choice(value="b", label="B"))
    many = tuple(Choice(value=f"c{i}", label=f"Choix {i}") for i in range(15))
    return Form(
        key="steps",
        title="Détails",
        text="Quelques précisions.",
        fields=(
            FormField(name="date", kind="date", label="Date", value="2026-12-01"),
            FormField(name="montant", kind="number", label="Montant", least="0", error=error),
            FormField(name="nom", kind="text", label="Nom", most="80", required=False),
            FormField(name="note", kind="long_text", label="Note", required=False, help="Libre"),
            FormField(name="unes", kind="choices", label="Lesquelles", choices=two, value="b"),
            FormField(name="liste", kind="choice", label="Liste", choices=many),
            FormField(name="plus", kind="choices", label="Plusieurs", choices=many),
            FormField(name="oui", kind="confirm", label="Je confirme", required=False),
        ),
        submit=Button(label="Terminer les questions ici", action="steps:2"),
        others=(Button(label="Retour", action="steps:back"),),
        progress=Progress(done=1, total=2, label="Étape 2 de 2"),
    )


FILLED = {
    "date": "2026-12-24",
    "montant": "1200",
    "nom": "Réseau",
    "note": None,
    "unes": ["a", "b"],
    "liste": "c3",
    "plus": ["c1", "c2"],
    "oui": "yes",
}


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def asked(slack: StandIn, tmp_path, steps: Steps):
    """A world in which « étapes », the button and the command start the small dialog."""
    world = World(slack, tmp_path, ack_within=0.3)
    route = Route("steps", lambda i: "steps" in (i.pressed or i.text or ""), steps)
    start = Route("start", lambda i: i.pressed == "dialog:start:admissibilite", steps)
    door = Router(world.services, (start, route, *ROUTES))
    world.door = door
    world.start(door)
    yield world
    steps.slow.set()
    world.stop()


def modal(world: World, kind: str = "") -> dict:
    def found() -> list[dict]:
        return [view for view in world.slack.views.values() if kind in ("", view["type"])]

    world.slack.wait(found)
    return found()[-1]


def test_the_command_opens_a_dialog_in_a_modal_up_to_its_outcome(asked: World, steps: Steps):
    asked.command("Admissibilité")
    view = modal(asked)
    assert "Admissibilité" in words(view) and "○○" in words(view)
    ack = asked.submit(view, {"org": "itq"})
    assert ack["response_action"] == "update"
    second = asked.slack.put_view(view["id"], ack["view"])
    ack = asked.submit(second, FILLED)
    assert ack["response_action"] == "update" and "Admissible." in words(ack["view"])
    assert steps.given[-1] == {
        "date": "2026-12-24",
        "montant": "1200",
        "nom": "Réseau",
        "note": "",
        "unes": "a\nb",
        "liste": "c3",
        "plus": "c1\nc2",
        "oui": "yes",
    }
    # The outcome stays in the asker's own conversation, too.
    asked.slack.wait(lambda: asked.slack.sent("D1"))
    assert "Rencontre\u00a0: 2026-12-01" in words(asked.slack.sent("D1")[0])


def test_what_is_still_to_confirm_stays_in_the_modal_and_what_was_reached_does_not(
    slack: StandIn, tmp_path
):
    doc = document("2026-03-16")
    rests = Citations(title="Sources", citations=(citation(passages(doc)[0], doc),))
    verdict = Text(text="Votre organisation est admissible.", tone="success")
    confirm = Buttons(buttons=(Button(label="Confirmer", action="steps:end", style="primary"),))
    again = Reply(parts=(Text(text="Vérifiez vos réponses", tone="title"), confirm))

    def answer(incoming: Incoming, services: object) -> Reply:
        if incoming.pressed == "steps:end":
            return Reply(parts=(verdict, rests))
        return again if incoming.pressed == "steps:1" else Reply(parts=(first_step(),))

    world = World(slack, tmp_path)
    world.start(Router(world.services, (Route("all", lambda i: True, answer),)))
    try:
        world.command("admissibilité")
        view = modal(world)
        review = slack.put_view(view["id"], world.submit(view, {"org": "itq"})["view"])
        world.press_in_view(buttons(review)["Confirmer"], review)
        slack.wait(lambda: slack.sent("D1"))
        (kept,) = slack.sent("D1")
        assert verdict.text in words(kept)
        assert verdict.text in words(slack.of("views.update")[-1]["view"])
    finally:
        world.stop()


def test_an_answer_that_is_not_accepted_is_marked_in_place(asked: World):
    asked.command("admissibilite")
    view = modal(asked)
    second = asked.slack.put_view(view["id"], asked.submit(view, {"org": "itq"})["view"])
    ack = asked.submit(second, FILLED | {"montant": "beaucoup"})
    assert ack["response_action"] == "errors"
    ((block, why),) = ack["errors"].items()
    assert block.startswith("montant:") and why == "Un nombre."
    ack = asked.submit(second, FILLED)  # corrected, in the same view
    assert ack["response_action"] == "update" and "Admissible." in words(ack["view"])


def test_what_is_said_along_with_a_form_stands_in_the_modal(asked: World):
    asked.command("admissibilite")
    view = modal(asked)
    second = asked.slack.put_view(view["id"], asked.submit(view, {"org": "itq"})["view"])
    ack = asked.submit(second, FILLED | {"montant": None})
    assert ack["response_action"] == "update"
    assert "Quelqu’un a répondu entre-temps." in words(ack["view"])
    assert "Un nombre." in words(ack["view"])


def test_a_modal_sent_twice_counts_once(asked: World, steps: Steps):
    asked.command("admissibilité")
    view = modal(asked)
    first = asked.submit(view, {"org": "itq"})
    again = asked.submit(view, {"org": "itq"})
    assert first == again and len(steps.given) == 1


def test_a_slow_step_is_shown_when_it_is_there(asked: World, steps: Steps):
    asked.command("admissibilité")
    view = modal(asked)
    steps.slow.clear()
    ack = asked.submit(view, {"org": "itq"})
    assert ack["response_action"] == "update" and say("slack.working") in words(ack["view"])
    steps.slow.set()
    asked.slack.wait(lambda: asked.slack.of("views.update"))
    assert "Détails" in words(asked.slack.of("views.update")[-1]["view"])


def test_back_in_a_modal_updates_it(asked: World):
    asked.command("admissibilité")
    view = modal(asked)
    second = asked.slack.put_view(view["id"], asked.submit(view, {"org": "itq"})["view"])
    asked.press_in_view(buttons(second)["Retour"], second)
    asked.slack.wait(lambda: asked.slack.of("views.update"))
    assert "Votre organisme" in words(asked.slack.of("views.update")[-1]["view"])


def test_in_a_thread_a_choice_is_buttons_and_the_rest_a_modal(asked: World, steps: Steps):
    message = asked.ask(f"<@{BOT}> steps", "C1")
    assert "Votre organisme" in words(message)
    asked.press(buttons(message)["ITQ"], message)
    asked.slack.wait(lambda: asked.slack.of("chat.update"))
    assert steps.given == [{"org": "itq"}]
    (message,) = asked.slack.sent("C1")  # the next step stands where the first one stood
    asked.press(buttons(message)[say("slack.fill")], message)
    view = modal(asked)
    assert "Détails" in words(view)
    asked.submit(view, FILLED)
    asked.slack.wait(lambda: len(asked.slack.of("chat.update")) == 2)
    (message,) = asked.slack.sent("C1")
    assert "Admissible." in words(message)


def test_a_trigger_that_expired_leaves_the_form_in_the_conversation(asked: World):
    asked.command("admissibilité", trigger_id="old1")
    asked.slack.wait(lambda: asked.slack.of("response_url"))
    shown = asked.slack.of("response_url")[-1]
    assert "ITQ" in buttons(shown)
    message = asked.ask("steps")
    asked.press(buttons(message)["ITQ"], message)
    asked.slack.wait(lambda: asked.slack.of("chat.update"))
    (message,) = asked.slack.sent("D1")
    asked.press(buttons(message)[say("slack.fill")], message, trigger_id="old2")
    asked.slack.wait(lambda: asked.slack.of("chat.postEphemeral"))
    assert words(asked.slack.of("chat.postEphemeral")[-1]) == "⚠️ " + say("slack.too_late")


def test_a_form_kept_for_its_button_survives_a_restart(asked: World):
    message = asked.ask("steps")
    asked.press(buttons(message)["ITQ"], message)
    asked.slack.wait(lambda: asked.slack.of("chat.update"))
    asked.stop()
    asked.start(asked.door)
    (message,) = asked.slack.sent("D1")
    asked.press(buttons(message)[say("slack.fill")], message)
    assert "Détails" in words(modal(asked))


def test_a_file_is_uploaded_into_the_conversation(asked: World):
    asked.command("steps:file")
    button = {"action_id": "press:0", "type": "button", "value": '{"a": "steps:file", "f": true}'}
    asked.press(button, asked.ask("délai?"))
    asked.slack.wait(lambda: asked.slack.of("files.completeUploadExternal"))
    done = asked.slack.of("files.completeUploadExternal")[-1]
    assert done["channel_id"] == "D1" and b"%" in asked.slack.files.values()


def test_a_file_asked_for_in_a_modal_leaves_it_as_it_was(asked: World):
    asked.command("admissibilité")
    view = modal(asked)
    view = asked.slack.put_view(view["id"], asked.submit(view, {"org": "itq"})["view"])
    ended = asked.slack.put_view(view["id"], asked.submit(view, FILLED)["view"])
    for _ in range(2):
        before = len(asked.slack.of("files.completeUploadExternal"))
        asked.press_in_view(buttons(ended)["Conserver"], ended)
        asked.slack.wait(lambda: len(asked.slack.of("files.completeUploadExternal")) > before)  # noqa: B023
        shown = asked.slack.of("views.update")[-1]["view"]
        assert words(shown).count(say("slack.file_there", name="fiche.pdf")) == 1
        assert "Admissible." in words(shown) and "Conserver" in buttons(shown)
        ended = asked.slack.put_view(view["id"], shown)


def test_useful_is_thanked_for_and_useless_asks_why(world: World):
    answer = world.ask("délai?")
    world.press(buttons(answer)[say("slack.useful")], answer)
    world.slack.wait(lambda: world.slack.calls[-1][0] in ("response_url", "chat.postEphemeral"))
    record = next(iter(world.services.records.questions))
    world.slack.wait(lambda: record in world.services.records.opinions)
    assert world.services.records.opinions[record].useful
    world.press(buttons(answer)[say("slack.useless")], answer)
    view = modal(world)
    assert world.submit(view, {"reason": "outdated", "comment": "périmé"}) == {}
    kept = world.services.records.opinions[record]
    assert (kept.useful, kept.reason, kept.comment) == (False, "outdated", "périmé")


def test_when_the_reason_has_no_modal_it_has_buttons(world: World):
    answer = world.ask("délai?")
    world.press(buttons(answer)[say("slack.useless")], answer, trigger_id="old")
    world.slack.wait(lambda: world.slack.of("chat.postEphemeral"))
    reasons = buttons(world.slack.of("chat.postEphemeral")[0])
    container = {"message_ts": "1.2", "channel_id": "D1", "is_ephemeral": True}
    world.press(
        reasons[say("feedback.reason.wrong")],
        channel={"id": "D1"},
        container=container,
        trigger_id="old2",
    )
    world.slack.wait(
        lambda: [o for o in world.services.records.opinions.values() if o.reason == "wrong"]
    )
    world.slack.wait(lambda: [r for r in world.slack.of("response_url") if r["replace_original"]])


def test_a_passage_is_read_on_in_the_document(world: World):
    answer = world.ask("délai?")
    world.press(buttons(answer)[say("slack.document")], answer)
    world.slack.wait(lambda: len(world.slack.sent("D1")) == 2)
    shown = world.slack.sent("D1")[1]
    assert "Texte du passage 2." in words(shown) and "Fiche Exemple" in words(shown)
    world.press(buttons(shown)[say("slack.before")], shown)
    world.slack.wait(lambda: len(world.slack.sent("D1")) == 3)
    assert "Texte du passage 1." in words(world.slack.sent("D1")[2])


def test_in_a_channel_a_document_opens_for_whoever_wants_to_read_it(world: World):
    answer = world.ask(f"<@{BOT}> délai?", "C1")
    world.press(buttons(answer)[say("slack.document")], answer)
    view = modal(world)
    assert "Texte du passage 2." in words(view) and len(world.slack.sent("C1")) == 1
    world.press_in_view(buttons(view)[say("slack.before")], view)
    world.slack.wait(lambda: world.slack.of("views.update"))
    assert "Texte du passage 1." in words(world.slack.of("views.update")[-1]["view"])
    world.press(buttons(answer)[say("slack.document")], answer, trigger_id="old")
    world.slack.wait(lambda: len(world.slack.sent("C1")) == 2)  # rather than nothing


def test_a_proposal_pressed_is_asked(world: World):
    answer = world.ask("ambigu")
    world.press(buttons(answer)["Lecture A"], answer)
    world.slack.wait(lambda: len(world.slack.sent("D1")) == 2)
    assert world.services.knowledge.asked[-1][0] == "Lecture A"
    assert "Lecture A" in words(world.slack.sent("D1")[1])  # what was pressed is repeated


def test_a_press_delivered_again_counts_once(world: World):
    answer = world.ask("ambigu")
    same = [buttons(answer)["Lecture A"] | {"action_ts": "7.7"}]
    for again in range(2):
        # A signature is good for one request: what is sent again differs in something.
        world.press({}, answer, trigger_id="t7", actions=same, again=again)
    world.ask("délai, ensuite?", "D9")
    assert [q for q, _ in world.services.knowledge.asked].count("Lecture A") == 1


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        ("aide", "help"),
        ("", "help"),
        ("Aide", "help"),
        ("NOUVEAUTES", "history:recent"),
        ("préparation", "dialog:start:preparation"),
        ("dossiers", "dossier:list"),
        ("abonnements", "subscribe:list"),
        ("annonce", "announce:list"),
    ],
)
def test_subcommands_need_no_accents_and_reach_the_handlers(
    slack: StandIn, tmp_path, typed: str, pressed: str
):
    heard: list[Incoming] = []

    def hear(incoming: Incoming, services: object) -> Reply:
        heard.append(incoming)
        return Reply(parts=(Text(text="entendu"),))

    world = World(slack, tmp_path)
    world.start(Router(world.services, (Route("all", lambda i: True, hear),)))
    try:
        world.command(typed)
        slack.wait(lambda: slack.of("response_url"))
        assert heard[0].pressed == pressed and heard[0].address.private
        shown = words(slack.of("response_url")[0])
        assert "entendu" in shown and (say("slack.commands") in shown) is (pressed == "help")
    finally:
        world.stop()


def test_a_question_for_oneself_can_be_shared_in_the_thread(world: World):
    world.command("question délai de livraison?")
    world.slack.wait(lambda: world.slack.of("response_url"))
    private = world.slack.of("response_url")[0]
    assert private["response_type"] == "ephemeral" and not world.slack.sent("C1")
    container = {"message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True}
    share = buttons(private)[say("slack.share")]
    world.press(share, channel={"id": "C1"}, container=container)
    world.slack.wait(lambda: len(world.slack.sent("C1")) == 2)
    question, answer = world.slack.sent("C1")
    assert "délai de livraison?" in words(question) and "Ève Tremblay" in words(question)
    assert answer["thread_ts"] == question["ts"] and "Texte du passage 1." in words(answer)


def test_the_shortcut_asks_the_message_for_oneself(world: World):
    world.shortcut({"ts": "5.5", "user": "U2", "text": f"<@{BOT}> délai &amp; prix?"})
    world.slack.wait(lambda: world.slack.of("chat.postEphemeral"))
    private = world.slack.of("chat.postEphemeral")[0]
    assert private["thread_ts"] == "5.5" and private["user"] == "U1"
    assert world.services.knowledge.asked[-1][0] == "délai & prix?"
    world.press(
        buttons(private)[say("slack.share")],
        channel={"id": "C1"},
        container={"message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True},
    )
    world.slack.wait(lambda: world.slack.sent("C1"))
    assert world.slack.sent("C1")[0]["thread_ts"] == "5.5"


def test_a_message_without_words_cannot_be_asked(world: World):
    world.shortcut({"ts": "5.5", "user": "U2", "text": f"<@{BOT}>", "files": [{"id": "F1"}]})
    world.slack.wait(lambda: world.slack.of("chat.postEphemeral"))
    assert words(world.slack.of("chat.postEphemeral")[0]) == say("slack.no_text")


def test_what_is_asked_for_oneself_is_no_answer_to_a_dialog_under_way(slack: StandIn, tmp_path):
    heard: list[Incoming] = []

    def hear(incoming: Incoming, services: object) -> Reply:
        heard.append(incoming)
        proposal = Buttons(buttons=(Button(label="Lecture A", say="Lecture A"),))
        return Reply(parts=(Text(text="entendu"), proposal))

    world = World(slack, tmp_path)
    world.start(Router(world.services, (Route("all", lambda i: True, hear),)))
    try:
        world.ask("non")
        world.command("admissibilité")
        world.command("question non")
        slack.wait(lambda: len(slack.of("response_url")) == 2)
        container = {"message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True}
        proposal = buttons(slack.of("response_url")[1])["Lecture A"]
        world.press(proposal, channel={"id": "C1"}, container=container)
        slack.wait(lambda: len(slack.of("response_url")) == 3)
        direct, dialog, question, again = (i.address for i in heard)
        assert direct == dialog != question == again
        # An adviser's reply to it comes by the direct conversation all the same.
        world.service.sender.send(question, Reply(parts=(Text(text="Réponse"),)), key="k")
        assert words(slack.sent("D1")[-1]) == "Réponse"
    finally:
        world.stop()


def test_the_home_tab_shows_how_to_start(world: World):
    world.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
    world.slack.wait(lambda: world.slack.of("views.publish"))
    home = world.slack.of("views.publish")[0]["view"]
    assert say("slack.home.title") in words(home)
    assert {say("help.menu.eligibility"), say("slack.start.help")} <= set(buttons(home))
    # What was pressed shows where the person looks, without a trigger in his messages.
    world.press_in_view(buttons(home)[say("slack.start.help")], home)
    assert say("help.help") in words(modal(world, "modal"))
    world.press_in_view(buttons(home)[say("slack.start.help")], home, trigger_id="old")
    world.slack.wait(lambda: world.slack.sent("D1"))
    assert say("help.help") in words(world.slack.sent("D1")[0])


def test_the_home_tab_shows_what_is_ones_own_under_its_title(slack: StandIn, tmp_path):
    def own(incoming: Incoming, services: object) -> Reply:
        return Reply(parts=(Text(text=f"Pour {incoming.actor.name} : {incoming.pressed}"),))

    mine = Route("own", lambda i: i.pressed in ("dossier:list", "subscribe:list"), own)
    world = World(slack, tmp_path)
    world.start(Router(world.services, (mine, *ROUTES)))
    slack.users["U2"] = member("U2", "Luc", is_restricted=True)
    slack.groups = [{"id": "S1", "users": ["U3"]}]
    slack.users["U3"] = member("U3", "Marc")
    try:
        for user in ("U1", "U2", "U3"):
            world.event({"type": "app_home_opened", "user": user, "tab": "home"})
            slack.wait(lambda: f"home:{user}" in slack.views)  # noqa: B023
        blocks = slack.views["home:U1"]["blocks"]
        said = [b["text"]["text"] for b in blocks if "text" in b]
        place = said.index("Pour Ève Tremblay : subscribe:list")
        assert said[place - 1] == say("help.menu.subscriptions")
        assert said[place - 2] == "Pour Ève Tremblay : dossier:list"
        # A guest is offered help alone, an adviser the announcements.
        starts = {user: set(buttons(slack.views[f"home:{user}"])) for user in ("U1", "U2", "U3")}
        assert say("help.menu.preparation") not in starts["U2"]
        assert say("help.menu.announcements") in starts["U3"] - starts["U1"]
    finally:
        world.stop()


def test_the_messages_tab_publishes_nothing(world: World):
    world.event({"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1"})
    world.ask("délai?")
    assert not world.slack.of("views.publish")


def test_the_pane_greets_suggests_and_says_that_it_works(world: World):
    thread = {"user_id": "U1", "channel_id": "D1", "thread_ts": "9.9", "context": {}}
    world.event({"type": "assistant_thread_started", "assistant_thread": thread})
    world.slack.wait(lambda: world.slack.sent("D1"))
    assert say("help.hello") in words(world.slack.sent("D1")[0])
    (prompts,) = world.slack.of("assistant.threads.setSuggestedPrompts")
    assert prompts["prompts"][0]["message"] == say("help.example.duration")
    world.event({"type": "assistant_thread_context_changed", "assistant_thread": thread})
    answer = world.ask("délai?", thread_ts="9.9")
    assert answer["thread_ts"] == "9.9"
    assert world.slack.of("assistant.threads.setStatus")[0]["status"] == say("slack.status")


def test_where_the_pane_takes_no_suggestions_they_are_buttons(world: World):
    world.slack.fail("assistant.threads.setSuggestedPrompts", error(200, "unknown_method"))
    thread = {"user_id": "U1", "channel_id": "D1", "thread_ts": "9.9"}
    world.event({"type": "assistant_thread_started", "assistant_thread": thread})
    world.slack.wait(lambda: world.slack.sent("D1"))
    assert say("help.example.duration") in buttons(world.slack.sent("D1")[0])


def test_in_a_conversation_between_colleagues_the_command_answers_the_asker_alone(world: World):
    world.command("délai de livraison?", channel="DOTHERS")
    world.slack.wait(lambda: world.slack.of("response_url"))
    assert not world.slack.sent("DOTHERS")
    world.command("délai de livraison?", channel="D1")
    world.slack.wait(lambda: world.slack.sent("D1"))


def test_a_refused_press_leaves_the_form_for_whom_it_is(asked: World, steps: Steps):
    message = asked.ask(f"<@{BOT}> steps", "C1")
    button = buttons(message)["ITQ"]
    gone = button | {"value": button["value"].replace("steps:1", "unknown:1")}
    asked.press(gone, message, user="U2", trigger_id="old")
    asked.slack.wait(lambda: asked.slack.of("response_url"))
    assert not asked.slack.of("chat.update") and not steps.given
