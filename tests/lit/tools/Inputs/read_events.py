"""read_events.py FILE: what an event file of TensorBoard holds, read by protobuf's own runtime: a line a tag, "TAG COUNT LAST_STEP LAST_VALUE",
of a histogram "TAG COUNT LAST_STEP NUM BUCKETS". Each sum is checked."""
import collections
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def events():
    """The class of tensorflow's Event (core/util/event.proto, core/framework/summary.proto), in so far as it is used."""
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tensorflow", syntax="proto3")
    kind = descriptor_pb2.FieldDescriptorProto

    def message(into, name, *fields):
        made = into.add(name=name)
        for number, field, type_, *rest in fields:
            repeated = "repeated" in rest
            made.field.add(
                name=field,
                number=number,
                type=type_,
                label=kind.LABEL_REPEATED if repeated else kind.LABEL_OPTIONAL,
                type_name=next((r for r in rest if r.startswith(".")), None),
            )
        return made

    message(
        file.message_type,
        "HistogramProto",
        *((i + 1, name, kind.TYPE_DOUBLE) for i, name in enumerate(("min", "max", "num", "sum", "sum_squares"))),
        (6, "bucket_limit", kind.TYPE_DOUBLE, "repeated"),
        (7, "bucket", kind.TYPE_DOUBLE, "repeated"),
    )
    summary = message(file.message_type, "Summary", (1, "value", kind.TYPE_MESSAGE, ".tensorflow.Summary.Value", "repeated"))
    message(
        summary.nested_type,
        "Value",
        (1, "tag", kind.TYPE_STRING),
        (2, "simple_value", kind.TYPE_FLOAT),
        (5, "histo", kind.TYPE_MESSAGE, ".tensorflow.HistogramProto"),
    )
    message(
        file.message_type,
        "Event",
        (1, "wall_time", kind.TYPE_DOUBLE),
        (2, "step", kind.TYPE_INT64),
        (3, "file_version", kind.TYPE_STRING),
        (5, "summary", kind.TYPE_MESSAGE, ".tensorflow.Summary"),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.Event"))


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        (length,), (head,) = struct.unpack("<Q", data[:8]), struct.unpack("<I", data[8:12])
        record = data[12 : 12 + length]
        (tail,) = struct.unpack("<I", data[12 + length : 16 + length])
        assert head == masked_crc(data[:8]) and tail == masked_crc(record), "a sum is wrong"
        yield record
        data = data[16 + length :]


Event = events()
all_events = [Event.FromString(record) for record in records(open(sys.argv[1], "rb").read())]
assert all_events[0].file_version == "brain.Event:2" and all(event.wall_time > 1.7e9 for event in all_events)
tags = collections.defaultdict(list)
for event in all_events:
    for value in event.summary.value:
        tags[value.tag].append((event.step, value))
for tag, values in sorted(tags.items()):
    step, last = values[-1]
    histogram = last.histo
    if histogram.num:
        assert sum(histogram.bucket) == histogram.num and len(histogram.bucket) == len(histogram.bucket_limit)
        print(tag, len(values), step, int(histogram.num), len(histogram.bucket))
    else:
        print(tag, len(values), step, f"{last.simple_value:.6g}")
