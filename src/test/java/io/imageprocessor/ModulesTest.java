package io.imageprocessor;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The modules, the only dependencies allowed between them, and the types that each shows to others. */
@AnalyzeClasses(packages = "io.imageprocessor", importOptions = DoNotIncludeTests.class)
class ModulesTest {

    private static final String BASE = "io.imageprocessor.";

    /**
     * For each module, the modules that it may depend on, besides {@code logging}. docs/architecture.md has the same
     * table.
     */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("logging", Set.of()),
            Map.entry("gzip", Set.of()),
            Map.entry("stores", Set.of()),
            Map.entry("job", Set.of("stores")),
            Map.entry("memory", Set.of("job", "stores")),
            Map.entry("postgres", Set.of("job", "stores", "queue", "autoconfigure")),
            Map.entry("queue", Set.of("job", "image")),
            Map.entry("image", Set.of("gzip")),
            Map.entry("gpu", Set.of()),
            Map.entry("work", Set.of("job", "image", "gpu", "queue")),
            Map.entry("api", Set.of("job", "stores", "gzip")),
            Map.entry("autoconfigure", Set.of()),
            Map.entry("startup", Set.of("postgres", "stores")),
            Map.entry("trace", Set.of("autoconfigure")),
            Map.entry("local", Set.of()),
            Map.entry("demo", Set.of("job")));

    @ArchTest
    static final ArchRule modulesHaveNoCycles =
            slices().matching("io.imageprocessor.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule modulesDependOnlyOnAllowedModules = classes()
            .that(not(resideInAPackage("io.imageprocessor")))
            .should(dependOnlyOn("allowed modules", (from, to) -> {
                String module = module(from);
                return module.equals(module(to))
                        || module(to).equals("logging")
                        || ALLOWED.getOrDefault(module, Set.of()).contains(module(to));
            }));

    @ArchTest
    static final ArchRule subPackagesAreReachedOnlyFromTheirModule = classes()
            .should(dependOnlyOn(
                    "sub-packages of their own module",
                    (from, to) -> module(from).equals(module(to)) || !isInSubPackage(to)));

    /** Sub-packages may use the types of their module's base package; among themselves there is one direction. */
    @ArchTest
    static final ArchRule subPackagesHaveNoCycles =
            slices().matching("io.imageprocessor.*.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule formatsDoNotDependOnNetworks = noClasses()
            .that()
            .resideInAPackage("io.imageprocessor.image.format..")
            .should()
            .dependOnClassesThat(resideInAPackage("java.net.."));

    /** Formats read bytes, so they can be tested and reused without the rest of the service. */
    @ArchTest
    static final ArchRule formatsDependOnlyOnImageDimensions = classes()
            .that()
            .resideInAPackage("io.imageprocessor.image.format..")
            .should(dependOnlyOn(
                    "image.format and ImageDimensions",
                    (from, to) -> to.getPackageName().equals(from.getPackageName())
                            || to.isEquivalentTo(ImageDimensions.class)));

    /** A job keeps the W3C text of its trace; only the queue creates spans. */
    @ArchTest
    static final ArchRule jobsDoNotDependOnTracers = noClasses()
            .that()
            .resideInAPackage("io.imageprocessor.job..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.opentelemetry..", "io.micrometer.tracing.."));

    /**
     * The demo lets downloads reach this machine and prints to the terminal, so it must not run in the normal service.
     */
    @ArchTest
    static final ArchRule demoIsOnlyInItsProfile = classes()
            .that()
            .resideInAPackage("io.imageprocessor.demo..")
            .and()
            .areMetaAnnotatedWith(Component.class)
            .should()
            .beAnnotatedWith(DescribedPredicate.describe(
                    "@Profile(\"demo\")",
                    annotation -> annotation.getRawType().isEquivalentTo(Profile.class)
                            && Arrays.equals(annotation.as(Profile.class).value(), new String[] {"demo"})));

    /** A new public type is a decision: add it to the list on purpose. */
    @ArchTest
    static void publicTypesAreListed(JavaClasses classes) throws IOException {
        Set<String> publicTypes = classes.stream()
                .filter(type -> type.isTopLevelClass()
                        && type.getModifiers().contains(JavaModifier.PUBLIC)
                        && !isInSubPackage(type))
                .map(type -> type.getName().substring(BASE.length()))
                .collect(toCollection(TreeSet::new));
        Set<String> listed = new ClassPathResource("public-types.txt")
                .getContentAsString(UTF_8)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(toCollection(TreeSet::new));

        assertThat(publicTypes.stream().collect(joining("\n")))
                .as("public types, as src/test/resources/public-types.txt lists them")
                .isEqualTo(listed.stream().collect(joining("\n")));
    }

    @ArchTest
    static void everyModuleIsKnown(JavaClasses classes) {
        Set<String> modules = classes.stream()
                .map(ModulesTest::module)
                .filter(module -> !module.isEmpty())
                .collect(Collectors.toSet());

        assertThat(ALLOWED.keySet()).containsAll(modules);
    }

    /** Whether one class may depend on another of this project. */
    private interface Permission {
        boolean allows(JavaClass from, JavaClass to);
    }

    private static ArchCondition<JavaClass> dependOnlyOn(String what, Permission permission) {
        return new ArchCondition<>("depend only on " + what) {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                    JavaClass to = dependency.getTargetClass().getBaseComponentType();
                    if (to.getName().startsWith(BASE) && !permission.allows(from, to)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** The first part of the package after the base package; empty for the base package itself. */
    private static String module(JavaClass type) {
        String rest = type.getPackageName().substring(BASE.length() - 1);
        return rest.isEmpty() ? "" : rest.substring(1).split("\\.", 2)[0];
    }

    private static boolean isInSubPackage(JavaClass type) {
        return type.getPackageName()
                        .substring(BASE.length() - 1)
                        .chars()
                        .filter(c -> c == '.')
                        .count()
                > 1;
    }
}
