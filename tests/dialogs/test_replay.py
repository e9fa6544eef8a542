"""Whatever order answers, corrections and steps back come in, only the answers count."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dialog_file import load_dialogs
from knowledge.replay import Asks, Reached, asked, longest, replay
from tests.assistant_fakes import services
from tests.dialogs.talk import Talk
from tests.dialogs.ways import values_of

DIALOGS = load_dialogs()
# What a person does: answers what is asked with the n-th value, goes back, changes an answer.
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("back"), st.just(0), st.just(0)),
        st.tuples(st.just("change"), st.integers(0, 12), st.integers(0, 5)),
    ),
    max_size=25,
)


def picked(question, n):
    """Values for all fields of a question: the n-th worth trying of each."""
    return {f.name: values_of(f)[n % len(values_of(f))] for f in question.fields}


def straight(dialog, steps):
    """The state after giving the same answers in order, nothing else."""
    answers = {}
    for step in steps:
        state = replay(dialog, answers)
        assert type(state) is Asks and state.question.id == step.question.id
        answers[step.question.id] = step.values
    return replay(dialog, answers)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(DIALOGS)), moves=MOVES)
def test_any_moves_end_where_the_answers_alone_lead(name, moves):
    dialog = DIALOGS[name]
    answers = {}
    for verb, n, value in moves:
        state = replay(dialog, answers)
        if verb == "answer" and isinstance(state, Asks):
            answers[state.question.id] = picked(state.question, n)
        elif verb == "back" and state.steps:
            del answers[state.steps[-1].question.id]
        elif verb == "change" and state.steps:
            question = state.steps[n % len(state.steps)].question
            answers[question.id] = picked(question, value)
    state = replay(dialog, answers)
    assert state == straight(dialog, state.steps)
    assert all(asked(state, step.question.id) for step in state.steps)
    left = state.left if isinstance(state, Asks) else 0
    assert len(state.steps) + left <= longest(dialog, dialog.start)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES)
def test_the_same_through_the_handlers(moves):
    """Pressed as a person would: what is kept is what straight answers keep."""
    made = services()
    talk = Talk(made).press("dialog:start:admissibilite")
    (run_id,) = made.runs.runs
    for verb, n, value in moves:
        run = made.runs.runs[run_id]
        state = replay(DIALOGS["admissibilite"], run.answers)
        if verb == "answer" and isinstance(state, Asks):
            action = f"dialog:give:{run_id}:{run.version}:{state.question.id}"
            talk.press(action, **picked(state.question, n))
        elif verb == "back":
            talk.press(f"dialog:back:{run_id}:{run.version}")
        elif verb == "change" and state.steps:
            question = state.steps[n % len(state.steps)].question
            talk.press(f"dialog:edit:{run_id}:{question.id}").fill(**picked(question, value))
    dialog = DIALOGS["admissibilite"]
    state = replay(dialog, made.runs.runs[run_id].answers)
    assert state == straight(dialog, state.steps)
    assert [g.number for g in made.runs.runs[run_id].given] == list(
        range(1, made.runs.runs[run_id].version + 1)
    )


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(DIALOGS)),
    answers=st.dictionaries(
        st.text(max_size=8), st.dictionaries(st.text(max_size=8), st.text(max_size=12)), max_size=5
    ),
)
def test_any_stored_answers_lead_somewhere(name, answers):
    """A journal from another version of the dialog, or damaged: asked again, never an error."""
    dialog = DIALOGS[name]
    real = {q.id: values for q, values in zip(dialog.questions, answers.values(), strict=False)}
    assert isinstance(replay(dialog, answers | real), Asks | Reached)
