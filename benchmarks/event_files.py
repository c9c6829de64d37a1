"""Event files and TensorBoard's own code (pip install tensorboard), for checks by hand.

python benchmarks/event_files.py read RUN/tensorboard     all scalars of a folder as JSON, by TensorBoard's reader
python benchmarks/event_files.py record FILE              the events of test/plugins/tensorboard.test.ts, by its writer
"""

import json
import sys

SCALARS = [
    (
        3,
        {"loss": 2.5, "learningRate": 0.1, "gradientNorm": 300.0, "imagesPerSecond": 1000.0, "parts/consistency": 1.5, "notes/x.y": 0.0},
    ),
    (3, {"health/featureSpread": 0.5, "health/rankMe": 3.25, "health/rankLimit": 8.0, "prototypes/used": 7.0}),
    (3, {"epoch/loss": 2.25, "epoch/probe": 0.75}),
    (200, {"evaluation/trained encoder/knn20@t0.1 test": 0.5}),
]


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    tags = events.Tags()["scalars"]
    print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags}, indent=1))


def record(path):
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    def scalars(values):
        return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])

    head = [
        Event(wall_time=1000, step=2, file_version="brain.Event:2"),
        Event(wall_time=1000, step=3, session_log=SessionLog(status=SessionLog.START)),
    ]
    events = head + [Event(wall_time=1000, step=step, summary=scalars(values)) for step, values in SCALARS]
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString())
        writer.flush()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("read", "record"):
        sys.exit(__doc__)
    {"read": read, "record": record}[sys.argv[1]](sys.argv[2])
