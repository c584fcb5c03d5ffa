// The plx dialect: the tensor ops (ir/ops) and the closed set below them (ir/kernel).
#ifndef PLEXUS_IR_DIALECT_TD
#define PLEXUS_IR_DIALECT_TD

include "mlir/IR/OpBase.td"

def Plx_Dialect : Dialect {
  let name = "plx";
  let cppNamespace = "::plx";
  let summary = "Neural-network graphs: a small closed set of tensor ops, and the kernels they become.";
  let useDefaultAttributePrinterParser = 0;
  let useDefaultTypePrinterParser = 0;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    void registerAttributesAndTypes();
    mlir::Attribute parseAttribute(mlir::DialectAsmParser &parser, mlir::Type type) const override;
    void printAttribute(mlir::Attribute attribute, mlir::DialectAsmPrinter &printer) const override;
    mlir::Type parseType(mlir::DialectAsmParser &parser) const override;
    void printType(mlir::Type type, mlir::DialectAsmPrinter &printer) const override;

    // Ops register themselves where they are defined: PLX_REGISTER_OP(PadOp) in Pad.cpp.
    using OpRegistration = void (*)(PlxDialect &);
    static std::vector<OpRegistration> &opRegistrations();
    template <typename... Ops>
    void addOps() { addOperations<Ops...>(); }
    /// For dialect interfaces that live beside what they need (folding, inlining).
    template <typename... Interfaces>
    void joinInterfaces() { addInterfaces<Interfaces...>(); }
  }];
}

#endif  // PLEXUS_IR_DIALECT_TD
