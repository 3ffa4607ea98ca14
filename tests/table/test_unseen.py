"""Columns that have none of the categories of the training."""

import numpy as np

from tests.support.tables import N, learn, table


def test_a_column_of_unseen_categories_alone_is_said_to_be_one() -> None:
    frame = table(c=np.resize(["red", "green", "blue"], N))
    encoding = learn(frame)
    new = frame.assign(c=[None, *frame["c"].str.upper()[1:]])
    notes = encoding.encode(new).notes
    (note,) = (note for note in notes if "none of the categories" in note)
    assert note == (
        "column 'c' has none of the categories of the training, but 'GREEN', 'BLUE', 'RED': all"
        " are taken as none of its categories; did you mean 'green'?"
    )
    assert encoding.all_unseen(new) == (note,)
    assert encoding.all_unseen(new.assign(c=["blue", *new["c"][1:]])) == ()
    assert encoding.all_unseen(new.assign(c=None)) == ()
    (note,) = encoding.all_unseen(new.assign(c="x").head(2))
    assert note.endswith("training has 'blue', 'green', 'red'")
