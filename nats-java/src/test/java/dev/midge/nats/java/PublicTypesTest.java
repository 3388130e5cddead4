package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.kv.KeyValue;
import dev.midge.nats.java.objectstore.ObjectStore;
import dev.midge.nats.java.services.Service;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a program sees of this module: few types, nothing of Kotlin's, all of it documented. */
class PublicTypesTest {
  private static final int MOST = 40;

  private static final Path CLASSES = Path.of("target/classes");
  private static final Path SOURCES = Path.of("src/main/java");

  /** The packages, each with the type that it is there for. */
  private static final Map<String, Class<?>> PACKAGES =
      Map.of(
          "dev.midge.nats.java",
          NatsClient.class,
          "dev.midge.nats.java.jetstream",
          JetStream.class,
          "dev.midge.nats.java.kv",
          KeyValue.class,
          "dev.midge.nats.java.objectstore",
          ObjectStore.class,
          "dev.midge.nats.java.services",
          Service.class);

  private static Set<String> packages() {
    return PACKAGES.keySet();
  }

  private static List<Path> files(Path root, String inPackage, String ending) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(inPackage.replace('.', '/')))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static List<Class<?>> types(String inPackage) throws IOException {
    return files(CLASSES, inPackage, ".class").stream()
        .map(file -> file.getFileName().toString().replace(".class", ""))
        .filter(name -> !name.equals("package-info"))
        .<Class<?>>map(name -> type(inPackage + "." + name))
        .toList();
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isSeen(Member member) {
    return (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
        && !member.isSynthetic();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void areFewAndHaveNoHelpersAmongThem(String inPackage) throws IOException {
    List<Class<?>> outer =
        types(inPackage).stream().filter(type -> type.getEnclosingClass() == null).toList();
    List<Class<?>> seen =
        outer.stream().filter(type -> Modifier.isPublic(type.getModifiers())).toList();
    assertTrue(seen.size() <= MOST, () -> seen.size() + " types: " + seen);
    assertTrue(seen.contains(PACKAGES.get(inPackage)));
    List<String> helpers =
        outer.stream().filter(type -> !seen.contains(type)).map(Class::getSimpleName).toList();
    assertEquals(List.of(), helpers);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void nameNoTypeOfKotlins(String inPackage) throws IOException {
    Set<String> named = new TreeSet<>();
    for (Class<?> type : types(inPackage)) {
      if (!Modifier.isPublic(type.getModifiers())) continue;
      Stream<Type> methods =
          Arrays.stream(type.getDeclaredMethods())
              .filter(PublicTypesTest::isSeen)
              .map(Method::getGenericReturnType);
      Stream<Type> fields =
          Arrays.stream(type.getDeclaredFields())
              .filter(PublicTypesTest::isSeen)
              .map(Field::getGenericType);
      Stream<Type> parameters =
          Stream.<Executable>concat(
                  Arrays.stream(type.getDeclaredMethods()),
                  Arrays.stream(type.getDeclaredConstructors()))
              .filter(PublicTypesTest::isSeen)
              .flatMap(method -> Arrays.stream(method.getGenericParameterTypes()));
      Stream<Type> supertypes =
          Stream.concat(
              Stream.ofNullable(type.getGenericSuperclass()),
              Arrays.stream(type.getGenericInterfaces()));
      Stream.of(methods, fields, parameters, supertypes)
          .flatMap(all -> all)
          .map(Type::getTypeName)
          .filter(name -> name.contains("kotlin.") || name.contains("kotlinx."))
          .forEach(name -> named.add(type.getSimpleName() + ": " + name));
    }
    assertEquals(Set.of(), named);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void areDocumentedMemberByMember(String inPackage) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var sources = compiler.getStandardFileManager(null, null, null)) {
      var units = sources.getJavaFileObjectsFromPaths(files(SOURCES, inPackage, ".java"));
      var task = (JavacTask) compiler.getTask(null, sources, null, null, null, units);
      Undocumented undocumented = new Undocumented(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) undocumented.scan(unit, null);
      assertTrue(undocumented.seen > 20);
      assertEquals(Set.of(), undocumented.names);
    }
  }

  /** Finds what is public and has no comment; what overrides has that of what it overrides. */
  private static final class Undocumented extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    final Set<String> names = new TreeSet<>();
    int seen;

    Undocumented(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (!isPublic(type.getModifiers())) return null;
      check(type.getSimpleName().toString());
      return super.visitClass(type, nothing);
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      if (isPublic(method.getModifiers()) && !overrides) check(method.getName().toString());
      return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Void nothing) {
      if (isPublic(field.getModifiers())) check(field.getName().toString());
      return null;
    }

    private boolean isPublic(ModifiersTree modifiers) {
      if (modifiers.getFlags().contains(javax.lang.model.element.Modifier.PUBLIC)) return true;
      Tree owner = getCurrentPath().getParentPath().getLeaf();
      boolean isOfInterface = owner.getKind() == Tree.Kind.INTERFACE;
      return isOfInterface
          && !modifiers.getFlags().contains(javax.lang.model.element.Modifier.PRIVATE);
    }

    private void check(String name) {
      seen++;
      if (docs.getDocComment(getCurrentPath()) == null) {
        names.add(getCurrentPath().getCompilationUnit().getSourceFile().getName() + ": " + name);
      }
    }
  }
}
