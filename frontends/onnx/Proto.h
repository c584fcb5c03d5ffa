// onnx's protobuf messages, whose headers do not pass our warnings on their own.
#ifndef PLEXUS_FRONTENDS_ONNX_PROTO_H
#define PLEXUS_FRONTENDS_ONNX_PROTO_H

#include "onnx/onnx_pb.h"

#endif  // PLEXUS_FRONTENDS_ONNX_PROTO_H
