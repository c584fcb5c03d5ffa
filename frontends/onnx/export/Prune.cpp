// What export leaves over: dead nodes, and Identities that name outputs.
#include <set>

#include "frontends/onnx/export/Exporter.h"

namespace plx::onnxio {
namespace {

using NameSet = std::set<std::string>;

void dropDead(onnx::GraphProto &graph);

// Names that a node reads, those that its subgraphs take from outside too.
void collectReads(const onnx::NodeProto &node, NameSet &reads) {
  reads.insert(node.input().begin(), node.input().end());
  for (const auto &attribute : node.attribute()) {
    if (!attribute.has_g()) continue;
    for (const auto &inner : attribute.g().node()) collectReads(inner, reads);
  }
}

void dropDead(onnx::GraphProto &graph) {
  NameSet used;
  for (const auto &output : graph.output()) used.insert(output.name());
  std::vector<onnx::NodeProto> kept;
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    onnx::NodeProto &node = *graph.mutable_node(i);
    if (llvm::none_of(node.output(), [&](const auto &name) { return used.contains(name); }))
      continue;
    for (auto &attribute : *node.mutable_attribute())
      if (attribute.has_g()) dropDead(*attribute.mutable_g());
    collectReads(node, used);
    kept.push_back(std::move(node));
  }
  graph.clear_node();
  for (auto &node : llvm::reverse(kept)) *graph.add_node() = std::move(node);
  std::vector<onnx::TensorProto> initializers;
  for (auto &tensor : *graph.mutable_initializer())
    if (used.contains(tensor.name())) initializers.push_back(std::move(tensor));
  graph.clear_initializer();
  for (auto &tensor : initializers) *graph.add_initializer() = std::move(tensor);
}

void rename(onnx::GraphProto &graph, const std::string &from, const std::string &to) {
  for (auto &node : *graph.mutable_node()) {
    for (auto &name : *node.mutable_input())
      if (name == from) name = to;
    for (auto &name : *node.mutable_output())
      if (name == from) name = to;
    for (auto &attribute : *node.mutable_attribute())
      if (attribute.has_g()) rename(*attribute.mutable_g(), from, to);
  }
}

// value -> Identity -> output: the node that gives the value gives the output, where one of this
// graph does and no other output has taken it.
void nameOutputs(onnx::GraphProto &graph) {
  NameSet given, outputs;
  for (const auto &output : graph.output()) outputs.insert(output.name());
  for (auto &node : *graph.mutable_node()) {
    for (auto &attribute : *node.mutable_attribute())
      if (attribute.has_g()) nameOutputs(*attribute.mutable_g());
    given.insert(node.output().begin(), node.output().end());
  }
  std::vector<std::pair<std::string, std::string>> renames;
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto &node = graph.node(i);
    if (node.op_type() != "Identity" || !outputs.contains(node.output(0))) continue;
    std::string from = node.input(0), to = node.output(0);
    if (!given.contains(from) || outputs.contains(from)) continue;
    outputs.insert(from);
    renames.emplace_back(from, to);
    graph.mutable_node()->DeleteSubrange(i--, 1);
  }
  for (const auto &[from, to] : renames) rename(graph, from, to);
}

}  // namespace

void prune(onnx::GraphProto &graph) {
  nameOutputs(graph);
  dropDead(graph);
}

}  // namespace plx::onnxio
